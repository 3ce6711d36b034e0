import { Command, Option } from 'commander';
import { HAPROXY_TIMEOUTS } from '../../routers/haproxy/process-sections.js';
import { printedParts, type HaproxyAnswers } from './haproxy-files.js';

/** One for all that a restart must find: what the workers write is nobody else's, and nothing of theirs lies in /etc. */
const FOLDER = '/var/lib/haproxy/slipway';

/** `slipway router config haproxy`. */
export function routerCommand(print: (text: string) => void): Command {
  const config = new Command('config').description('Print what a router needs to be driven by Slipway.').addCommand(haproxyCommand(print));
  return new Command('router').description('Prepare a router.').addCommand(config);
}

function haproxyCommand(print: (text: string) => void): Command {
  return new Command('haproxy')
    .description('Print the configuration of HAProxy 2.6 or later for one environment of a service.')
    .requiredOption('--service <name>', 'the service')
    .requiredOption('--environment <name>', 'its environment')
    .option('--backend <name>', 'the entry, where the definition sets `router.backend` (default: <service>-<environment>)')
    .option('--port <number>', 'port that takes the traffic', '80')
    .option('--address <address>', 'address that takes the traffic (default: all)')
    .option('--places <number>', 'instances that a slot has room for', '4')
    .option('--health-path <path>', 'what HAProxy asks each instance for', '/healthz')
    .option('--socket <socket>', 'admin socket: a path, or ipv4@<address>:<port> for workers on other hosts', '/run/haproxy/admin.sock')
    .option('--socket-mode <mode>', 'who may open the admin socket', '660')
    .option('--socket-group <group>', 'the group of the admin socket: the workers must be in it', 'haproxy')
    .option('--maps <folder>', 'folder of the map file; the workers must own it', FOLDER)
    .option('--state-file <file>', 'file that keeps the servers over a restart', `${FOLDER}/servers.state`)
    .option('--unprivileged', 'for a HAProxy that is not started by root, as in a container: no user, group, chroot and socket group; notices on its output')
    .option('--timeout-connect <duration>', 'connecting to a server', HAPROXY_TIMEOUTS.connect)
    .option('--timeout-queue <duration>', 'waiting for a place at a server', HAPROXY_TIMEOUTS.queue)
    .option('--timeout-client <duration>', 'a client that sends nothing while its request is not whole', HAPROXY_TIMEOUTS.client)
    .option('--timeout-server <duration>', 'a server that sends nothing, before its head or within a body', HAPROXY_TIMEOUTS.server)
    .option('--timeout-tunnel <duration>', 'a WebSocket or an event stream on which nothing moves', HAPROXY_TIMEOUTS.tunnel)
    .addOption(new Option('--only <part>', 'environment: the part to add for a further environment; map: the map file to start with').choices(['environment', 'map']))
    .option('--persist-unit', 'print a shell script instead that makes a HAProxy driven over TCP keep its split and servers on disk')
    .option('--also <name...>', 'with --persist-unit: further entries on that HAProxy')
    .action((answers: HaproxyAnswers) => print(printedParts(answers)));
}
