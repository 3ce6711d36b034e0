/** How HAProxy's process runs, and how long it waits: the same for every environment it carries. */
export interface HaproxyProcessOptions {
  /** The admin socket: a path, or `ipv4@10.0.0.2:9999` for workers on other hosts. */
  readonly socket: string;
  /** Who may open the socket, as an octal mode. @default '600' */
  readonly socketMode?: string;
  /** The group the socket belongs to. @default that of whoever starts HAProxy */
  readonly socketGroup?: string;
  readonly stateFile: string;
  /**
   * `root`: user, group, chroot and logs are those of Debian's package. `user`: HAProxy is started by the user it runs as, such as in a container,
   * and tells its notices on its output.
   * @default 'user'
   */
  readonly startedBy?: 'root' | 'user';
  readonly timeouts?: Partial<HaproxyTimeouts>;
}

/** As HAProxy writes durations: `500ms`, `5m`, `1h`. */
export interface HaproxyTimeouts {
  readonly connect: string;
  /** Waiting for a place at a server. */
  readonly queue: string;
  /** A client that sends nothing while its request is not whole. */
  readonly client: string;
  /** A server that sends nothing: before the head, or within a body. */
  readonly server: string;
  /** A WebSocket or an event stream on which nothing moves. */
  readonly tunnel: string;
}

export const HAPROXY_TIMEOUTS: HaproxyTimeouts = { connect: '1s', queue: '5s', client: '60s', server: '5m', tunnel: '1h' };

const DEBIAN = `  log /dev/log local0
  log /dev/log local1 notice
  chroot /var/lib/haproxy
  user haproxy
  group haproxy
`;
const DEBIAN_LOGS = `  option httplog
  option dontlognull
`;
const OUTPUT = '  log stdout format raw local0 notice\n';

export function processSections(options: HaproxyProcessOptions): string {
  const { startedBy = 'user', stateFile } = options;
  const { connect, queue, client, server, tunnel } = { ...HAPROXY_TIMEOUTS, ...options.timeouts };
  return `global
${startedBy === 'root' ? DEBIAN : OUTPUT}  # level admin: keep it to the workers; the short timeout cuts off a writer that stalled between its read and its write
  stats socket ${socketOf(options)} level admin expose-fd listeners
  stats timeout 1s
  # each watch asks once a period; of the usual 10 a pull would wait for idle ones, or be refused
  stats maxconn 500
  hard-stop-after 30s
  server-state-file ${stateFile}
defaults
  mode http
  log global
${startedBy === 'root' ? DEBIAN_LOGS : ''}  # a client that leaves frees its server; here and not in a backend, where HAProxy 2.6 ignores it
  option abortonclose
  option http-keep-alive
  option idle-close-on-response
  option forwardfor
  # never response-timeout: a slow GET would run four times
  retries 3
  option redispatch 1
  retry-on conn-failure empty-response
  timeout connect ${connect}
  timeout queue ${queue}
  timeout http-request 10s
  timeout http-keep-alive 60s
  timeout client ${client}
  timeout server ${server}
  timeout tunnel ${tunnel}
  load-server-state-from-file global
  default-server inter 500ms fall 2 rise 1
`;
}

function socketOf({ socket, socketMode = '600', socketGroup }: HaproxyProcessOptions): string {
  if (!socket.startsWith('/')) return socket;
  return `${socket} mode ${socketMode}${socketGroup === undefined ? '' : ` group ${socketGroup}`}`;
}
