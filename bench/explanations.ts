/** What a reader of docs/performance.md must know of each figure: from when to when, against what, and what bounds it. */
export interface Explanation {
  readonly what: string;
  /** Against what it is held. */
  readonly baseline?: string;
  /** What it must not exceed, in words. */
  readonly target?: string;
  readonly bound: string;
}

export const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  'breach-to-zero-p99-ms': {
    what: 'From the arrival of the breaching sample in the worker until the admin socket of HAProxy shows the candidate without a share, read by the benchmark itself. Real canaries, real failing requests, 20 canaries live on one worker.',
    baseline: 'one `set map` and `get map` on the same admin socket',
    target: 'under 50 ms',
    bound: 'Three tombstones are written at once (the generation before, this one, the next), each on a connection of its own: the map is found by its name, then written. The map’s file is written after that, which the traffic does not wait for. The benchmark’s own readings share the processor with it, a millisecond or less each. The time until there is a breaching sample is not in it: that is the `every` of the analysis.',
  },
  'breach-to-zero-temporal-down-p99-ms': {
    what: 'The same, with the Temporal server killed during the bake and started again afterwards; every run then ends rolled back.',
    baseline: 'one `set map` and `get map` on the same admin socket',
    target: 'under 50 ms',
    bound: 'The same: the pull needs neither Temporal nor the database. What the SDK does to reconnect takes processor time from it.',
  },
  'abort-to-zero-p99-ms': {
    what: 'From the answer of `POST .../abort` until both HAProxies of the service show the candidate without a share, as read by the benchmark on their admin sockets. Every process is the real one.',
    baseline: 'an update of a workflow that does nothing, until its answer',
    target: 'under 200 ms',
    bound: 'After the answer: one activity is scheduled and taken up by a worker, asks stable once whether it is well, and writes both HAProxies. Nearly all of it is the Temporal server writing history.',
  },
  'abort-under-readers-p50-ms': {
    what: 'From `POST .../abort` until the HAProxy of the service shows the candidate without a share, while 500 requests with `?until=ended` and 200 event streams follow that very deployment. Every process is the real one; the readers are in the process of the benchmark.',
    baseline: 'the same abort without a reader, by turns',
    target: 'at most 1.5 x',
    bound: 'What the readers cost while nothing happens is one question and one statement each 400 ms for all of them. The abort itself writes events, which go out to every stream on the machine’s two cores.',
  },
  harm: {
    what: 'Requests that fail or take longer than 5 s because a bad version was delivered: 50 requests a second by users that are new, a first step of 10 %, the bad version good at its health check. Five faults, each behind a HAProxy of its own, added up: one error in three, hang-ups, hangs, ten times slower (from 600 ms), 404 for everything. By fault below.',
    baseline: 'a stand-in that makes the same shift and looks every 60 s at what its users see, allows two bad looks and goes back at the third, as other tools do by default',
    target: '1 % of the stand-in',
    bound: 'Errors are known with the next reading of the counters. What hangs or is slow has to be waited for before it is any longer than what stable takes: five to ten seconds, in which a tenth of the users keeps coming.',
  },
  'harm-looking-every-10s': {
    what: 'The same sum.',
    baseline: 'the same stand-in, looking every 10 s',
    bound: 'The same.',
  },
  'stuck-to-zero-s': {
    what: 'From the first request that a version which answers none takes until HAProxy shows it without a share: 50 requests a second, 10 %.',
    baseline: 'a stand-in that looks every 10 s at what its users see, and goes back at the third bad look',
    target: 'within 10 s',
    bound: 'The rule: no head for five seconds, twice in a row.',
  },
  'stuck-to-zero-embedded-s': { what: 'The same through the embedded router.', baseline: 'the same stand-in', target: 'within 10 s', bound: 'The same.' },
  'stuck-one-in-five-at-200-to-zero-s': {
    what: 'One request in five hangs, 200 requests a second, 20 %.', baseline: 'the same stand-in', target: 'within 10 s',
    bound: 'More must wait than stable’s own time explains, five samples in a row.',
  },
  'stuck-one-in-five-at-20-to-zero-s': {
    what: 'One request in five hangs, 20 requests a second, 20 %.', baseline: 'the same stand-in', target: 'within 20 s', bound: 'Less than one request a second hangs: that takes its time to become a crowd.',
  },
  'hidden-by-retries-to-zero-s': {
    what: 'One request in five is hung up on and repeated by HAProxy, so that every user gets an answer: from the first of them until the version has no share. 50 requests a second, 20 %.',
    bound: 'The failed attempts of one reading. Who looks at what users see never finds it, so there is no baseline.',
  },
  'switch-requests': { what: 'Requests under 200 switches of all traffic on HAProxy: kept connections, connections of one request, and slow answers, all at once.', baseline: 'the same load without a switch', bound: 'The machine: load, HAProxy and servers share it.' },
  'switch-lost': { what: 'Of these, those that failed: what `wrk` counts (errors of connections, timeouts, any status but 2xx and 3xx) or what HAProxy counts, whichever is more.', baseline: 'the same load without a switch', target: '0', bound: 'A switch is one write to a map: a request is routed by the entry before it or by the entry after it.' },
  'switch-requests-embedded': { what: 'The same on the embedded router.', baseline: 'the same load without a switch', bound: 'One process of Node.' },
  'switch-lost-embedded': { what: 'The same on the embedded router, with its own counts.', baseline: 'the same load without a switch', target: '0', bound: 'A switch is one assignment between two requests.' },
  'trigger-ratio-p50': {
    what: 'p50 of `POST /api/v1/deployments` with an idempotency key until its answer, over the p50 of one durable transaction and one bare `client.workflow.start` in the same process, by turns.',
    target: 'at most 1.3',
    bound: 'The start itself is most of both. A deployment’s start also carries its plan, seven search attributes and a memo, which the server writes; its transaction writes two rows, key and deployment, where the bare one writes one. Before it, one reading of definition and stable release, which cannot wait. The rest is HTTP, authentication, parsing and planning. Key and row are one statement, and what can wait begins after the answer; the difference is a matter of milliseconds that does not grow, so the ratio falls where a start takes longer than on this server.',
  },
  'canary-overhead-ms': {
    what: 'A canary of five steps through two HAProxies: all of its time but the bakes (the old release kept warm is one), the launch until healthy, and the drains.',
    target: 'at most 1,000 ms',
    bound: 'Twelve activities one after the other, each a few writes of the Temporal server; the rest are the calls to the routers.',
  },
  'canary-events': {
    what: 'Events in the history of a canary of five steps with everything on: attributes, details, summaries, checks before traffic, a metric of Prometheus, two notices. A gate and its approval come on top, and are counted beside it.',
    target: 'at most 130',
    bound: 'Each activity is three events and, when it ends, a workflow task of three. The kinds are explained below.',
  },
  'idle-rss-mb': { what: '`npm start -- --no-demo` with nothing to do: the resident memory of npm and of every process below it, summed.', target: 'under 1 GB', bound: 'Temporal’s server, and a Node with its heap for each of supervisor, worker, API and router. Pages that processes share are counted in each.' },
  'idle-cpu-percent': { what: 'The processor time of the same processes, over 20 s.', target: 'under 10 % of one core', bound: 'The Temporal server’s own timers, and the workers’ long polls.' },
  'kill-to-control-p99-ms': {
    what: 'From `kill -9` of the worker that runs workflow and watch, with an abort sent at the same moment, until the other worker has the candidate at 0 % on HAProxy. n is small: it is the worst of all.',
    baseline: 'the same abort with nobody killed',
    bound: 'A workflow task that the dead worker was given is given to another after 2 s at the latest, one that waits for it after 250 ms. A long poll of the dead worker may take tasks until the server sees its connection gone.',
  },
  'live-canaries': { what: 'Canaries in a bake of an hour on one worker, all watched each second; how many of those started were watched in the last 5 s. No limit was looked for: a worker has 2,000 slots for watches.', bound: 'The number that the benchmark starts.' },
  'worker-rss-mb-at-live': { what: 'Resident memory of that worker’s process. Routers and targets are the shipped fakes in its memory.', baseline: 'the same worker before the first canary', bound: 'A cached workflow each (at most 500, in an isolated context) and a watch each.' },
  'backup-ratio': {
    what: 'The rate at which a PostgreSQL database of about a gigabyte goes into an empty repository of restic: from when its fingerprint is taken until what was stored is in the catalogue, by a real worker, with every other process of an installation beside it.',
    baseline: '`pg_dump | restic backup` of the same database into another empty repository, by turns',
    target: 'at least 0.95 x',
    bound: 'Two cores, which `restic` and `pg_dump` fill by themselves. Every byte also goes through a program of ours that hashes it before restic sees it; what that takes is given back by `--no-extra-verify`, as each backup is read back anyway. The fingerprint is taken before the dump, in the dump’s own snapshot, and is told apart: it reads each table once more.',
  },
  'backup-verify-s': {
    what: 'To read that backup back from its destination, every byte, and compare it with what `pg_dump` had printed. It belongs to each backup: one that was not read back does not count.',
    baseline: 'to dump and store it',
    bound: 'restic, which reads, decrypts and decompresses.',
  },
  'backup-worker-rss-mb': {
    what: 'The most resident memory of the worker’s process while it backs that database up, of all rounds, looked at ten times a second.',
    baseline: 'the same worker before the first backup',
    target: 'under 150 MiB above idle',
    bound: 'No byte of a backup passes through the worker: programs hand it to each other. What the worker holds is a manifest and a fingerprint, which grow with the number of files and tables, not with their size.',
  },
  'swap-downtime-p50-ms': {
    what: 'How long a client that reconnects gets no answer from a database while restored data is swapped in: from its last answer before the swap to its first one after. Four clients that ask without pause and try again 10 ms after a failure, over 20 swaps.',
    target: 'under 300 ms',
    bound: 'The swap is one transaction of two renames, for which everybody is disconnected. A client that comes back while it runs waits in line for its end, and a new session costs the server a process.',
  },
};

/** Why a history holds what it holds. Activities have their own names; each counts three events: scheduled, started, completed. */
export const EVENT_KINDS: Readonly<Record<string, string>> = {
  'in all with a gate and its approval': 'the same canary with a gate at its second step: a notice, a timer, an update, and an open-ended watch more',
  workflowExecutionStarted: 'the start, with the plan',
  workflowExecutionCompleted: 'the end, with the outcome',
  workflowTask: 'scheduled, started and completed: the workflow is asked what comes next, once after each activity, signal, update or timer, or several of them at once',
  upsertWorkflowSearchAttributes: 'a change of phase, or of whether it waits for an approval, for the list of the Web UI',
  workflowExecutionSignaled: 'a watch says that every router instance has the new split',
  workflowExecutionUpdate: 'a person’s control: accepted, completed',
  timer: 'the end of a gate’s time: started, cancelled or fired',
  activityTaskCancelRequested: 'a watch is told to end, as the next one runs',
  claim: 'the deployment’s id is taken by this run, once and for all',
  open: 'the routers are read, and what an earlier run left is put right',
  launch: 'the candidate is started and waited for until healthy',
  verify: 'each instance is checked before its first request',
  watch: 'one a step: shift, then judge until the bake’s end; one more while a gate is open, one for the old release kept warm',
  shift: 'the roles change by one write',
  retire: 'the old release is drained and stopped',
  notify: 'one notice to its receivers',
  record: 'the outcome is written to the database',
};
