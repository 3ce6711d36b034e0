import { encodeEntry, SLOTS, type Slot, UNMANAGED_ENTRY } from '../../domain/router/entry.js';
import { headCounterRules } from './head-counters.js';
import { HAPROXY_TIMEOUTS, type HaproxyProcessOptions, processSections } from './process-sections.js';

export interface HaproxyConfigOptions extends HaproxyProcessOptions {
  /** The router entry, by default `<service>-<environment>`; it names map, frontend and backends. */
  readonly backend: string;
  readonly frontendPort: number;
  /** The address the frontend listens on. @default all of them */
  readonly frontendAddress?: string;
  /** Servers a slot has room for. @default 4 */
  readonly slotsPerSide?: number;
  /** @default '/healthz' */
  readonly healthPath?: string;
  /** Holds `<backend>.map`. */
  readonly mapFolder: string;
}

/** A whole HAProxy configuration for one environment of one service, HAProxy 2.6 or later. */
export function haproxyConfig(options: HaproxyConfigOptions): string {
  return `${processSections(options)}\n${environmentSections(options)}`;
}

/** The map file to start with: HAProxy does not start without it. */
export function haproxyMap(backend: string): string {
  return `${backend} ${encodeEntry(UNMANAGED_ENTRY)}\n`;
}

/** `be_checkout-production_blue`. */
export function backendOf(backend: string, slot: Slot): string {
  return `be_${backend}_${slot}`;
}

/** The part to add once for each further environment. */
export function environmentSections(options: HaproxyConfigOptions): string {
  return `${frontend(options)}${SLOTS.map((slot) => backendSection(options, slot)).join('')}`;
}

function frontend({ backend, frontendPort, frontendAddress = '', mapFolder }: HaproxyConfigOptions): string {
  const map = `${mapFolder}/${backend}.map`;
  const [blue, green] = [backendOf(backend, 'blue'), backendOf(backend, 'green')];
  return `frontend fe_${backend}
  bind ${frontendAddress}:${frontendPort}
  # only requests that may be repeated are retried
  http-request disable-l7-retry unless METH_GET or METH_HEAD
  # entry: stable slot : phase : generation : candidate bp : baseline bp : deployment that brought stable
  http-request set-var(txn.e)    str(${backend}),map(${map},"${encodeEntry(UNMANAGED_ENTRY)}")
  http-request set-var(txn.st)   var(txn.e),field(1,:)
  http-request set-var(txn.gen)  var(txn.e),field(3,:)
  http-request set-var(txn.raw)  var(txn.e),field(4,:)
  http-request set-var(txn.dead) str(dead-),concat(,txn.gen),map(${map},"0")
  http-request set-var(txn.c)    var(txn.raw)
  http-request set-var(txn.c)    int(0) if { var(txn.dead) -m str 1 }
  http-request set-var(txn.cand) str(green)
  http-request set-var(txn.cand) str(blue) if { var(txn.st) -m str green }
  # sticky bucket 0-9999: the low ones go to the candidate
  http-request set-var(txn.b)    req.cook(slipway_b) if { req.cook(slipway_b) -m reg ^[0-9]{1,4}$ }
  http-request set-var(txn.new)  bool(true) unless { var(txn.b) -m found }
  http-request set-var(txn.b)    rand(10000) if { var(txn.new) -m bool }
  http-request set-var(txn.s)    var(txn.st)
  http-request set-var(txn.s)    var(txn.cand) if { var(txn.b),sub(txn.c) lt 0 }
  http-request set-var(txn.s)    req.hdr(x-slipway-slot) if { req.hdr(x-slipway-slot) -m str blue green }
  # a candidate without a healthy server gives its traffic to stable, always
  http-request set-var(txn.s)    var(txn.st) if { var(txn.s) -m str blue }  { var(txn.cand) -m str blue }  { nbsrv(${blue}) eq 0 }
  http-request set-var(txn.s)    var(txn.st) if { var(txn.s) -m str green } { var(txn.cand) -m str green } { nbsrv(${green}) eq 0 }
  # stable without one gives its traffic to the candidate only where the candidate has a share, tombstoned or not: nothing unverified ever serves
  http-request set-var(txn.s)    str(green) if { var(txn.s) -m str blue }  { var(txn.st) -m str blue }  { nbsrv(${blue}) eq 0 }  { var(txn.raw) -m int gt 0 } { nbsrv(${green}) gt 0 }
  http-request set-var(txn.s)    str(blue)  if { var(txn.s) -m str green } { var(txn.st) -m str green } { nbsrv(${green}) eq 0 } { var(txn.raw) -m int gt 0 } { nbsrv(${blue}) gt 0 }
  http-response add-header Set-Cookie "slipway_b=%[var(txn.b)]; Path=/; HttpOnly; SameSite=Lax" if { var(txn.new) -m bool }
  use_backend be_${backend}_%[var(txn.s)]
`;
}

function backendSection({ backend, slotsPerSide = 4, healthPath = '/healthz', timeouts }: HaproxyConfigOptions, slot: Slot): string {
  const { tunnel } = { ...HAPROXY_TIMEOUTS, ...timeouts };
  return `backend ${backendOf(backend, slot)}
  balance leastconn
  option httpchk GET ${healthPath}
  # an event stream may be as quiet as a WebSocket
  http-request set-timeout server ${tunnel} if { req.hdr(accept) -m sub text/event-stream }
${headCounterRules()}  server-template s 1-${slotsPerSide} 127.0.0.1:1 check disabled
`;
}
