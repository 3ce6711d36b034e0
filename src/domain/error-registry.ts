/** One entry of the registry. */
export interface ErrorDescription {
  /** HTTP status where the API answers with it. */
  readonly status: number;
  /** Whether trying the same again may help. */
  readonly retryable: boolean;
  readonly title: string;
  /** What the user can do. */
  readonly fix: string;
}

const request = (status: number, title: string, fix: string): ErrorDescription => ({ status, retryable: false, title, fix });
const passing = (status: number, title: string, fix: string): ErrorDescription => ({ status, retryable: true, title, fix });

/** Every code there is: the HTTP problem's `code`, the type of the workflow's failures, a row of docs/errors.md. */
export const ERRORS = {
  // Requests
  INVALID_REQUEST: request(400, 'The request is not valid', 'Correct the fields listed under `errors`; `/docs` shows what each takes.'),
  MALFORMED_BODY: request(400, 'The body is not valid JSON or YAML', 'Check the body at the position named; send `Content-Type: application/json` or `application/yaml`.'),
  BODY_TOO_LARGE: request(413, 'The body is too large', 'Send less than 1 MB.'),
  UNSUPPORTED_MEDIA_TYPE: request(415, 'The content type is not supported', 'Send `application/json`; definitions may be `application/yaml`.'),
  UNAUTHENTICATED: request(401, 'No valid key', 'Send `Authorization: Bearer <key>`; `npm start` prints one and keeps it in `.slipway/admin-key`.'),
  ROUTE_NOT_FOUND: request(404, 'There is no such route', 'See `/docs` for the routes.'),
  METHOD_NOT_ALLOWED: request(405, 'The route does not take this method', 'See `/docs` for the methods of the route.'),
  SERVICE_NOT_FOUND: request(404, 'There is no such service', 'Put its definition first: `PUT /api/v1/services/{service}`.'),
  ENVIRONMENT_NOT_FOUND: request(404, 'The service has no such environment', 'Name one of the environments of its definition.'),
  DEPLOYMENT_NOT_FOUND: request(404, 'There is no such deployment', '`GET /api/v1/deployments` lists them.'),
  PRECONDITION_FAILED: request(412, 'Somebody else changed it meanwhile', 'Read it again and send the new `ETag` as `If-Match`.'),
  IDEMPOTENCY_KEY_REUSED: request(422, 'The idempotency key was used for another request', 'Use a new key for a new request.'),
  IDEMPOTENCY_IN_FLIGHT: passing(409, 'The same request is still being carried out', 'Repeat it in a few seconds.'),
  DATABASE_UNAVAILABLE: passing(503, 'The database does not answer', 'Abort, pause and reject still work. Repeat the rest when `/readyz` is green.'),
  TEMPORAL_UNAVAILABLE: passing(503, 'The Temporal server does not answer', 'Nothing was lost: repeat the request with the same `Idempotency-Key` when `/readyz` is green.'),
  TEMPORAL_TIMEOUT: passing(504, 'The run did not answer in time', 'The message may still take effect: look at the run, then repeat it with the same key.'),
  TEMPORAL_NOT_PREPARED: passing(503, 'The Temporal namespace is not prepared', 'Run `npm run setup:temporal`: it registers the search attributes.'),
  TEMPORAL_REFUSED: request(502, 'The Temporal server refuses the call', 'Its reason stands in the text: change what it names. Nothing was started or changed.'),
  SCHEDULE_TAKEN: request(409, 'The schedule belongs to another installation of Slipway', 'Give each installation a Temporal namespace of its own. If the other one is gone, delete the schedule in Temporal: within a minute it is made anew.'),
  WORKER_BUILD_UNKNOWN: passing(503, 'The Temporal server has no worker of this build', 'Start the workers of the build on every site, then run `npm run setup:temporal` again.'),
  INTERNAL: passing(500, 'Something nobody foresaw went wrong', 'Look for the request id in the log and report it.'),

  // Definitions and settings
  DEFINITION_INVALID: request(422, 'The definition is not valid', 'Correct the paths listed under `errors`; the schema is at `/schemas/service.json`.'),
  IDENTITY_REQUIRED: request(422, 'The gate needs to know who approves', 'Leave out `notOwnChange` and a `quorum` above 1 until people have keys of their own.'),
  MEASURE_UNSUPPORTED: request(422, 'The router does not measure this', 'Choose another measure, or take it from `prometheus`.'),
  ROUTER_UNKNOWN: request(422, 'There is no such router', 'Name a router of `slipway.config.yaml`.'),
  TARGET_UNKNOWN: request(422, 'There is no such target', 'Name a target of `slipway.config.yaml`.'),
  TARGET_FORBIDDEN: request(422, 'The service may not use this', 'Ask the operator to add the service to `services` in `slipway.config.yaml`.'),
  ROUTER_ENTRY_TAKEN: request(409, 'Another environment has this router entry', 'Give `router.backend` a name of its own.'),
  SETTINGS_INVALID: request(500, 'The settings are not valid', 'Correct every problem listed; nothing was started.'),
  SECRET_MISSING: request(422, 'A secret is not there', 'Set `SLIPWAY_SECRET_<NAME>` or put the file into the secrets folder of the worker.'),
  URL_REFUSED: request(422, 'The address is not allowed', 'Link-local and metadata addresses are never called; name another host.'),

  ENVIRONMENT_SERVES: request(409, 'A release is live in the environment', '`DELETE .../environments/{environment}?release=true` forgets it and leaves its traffic as it is.'),

  // Starting a deployment
  VERSION_REQUIRED: request(422, 'The first deployment needs a version', 'Send `version`: nothing is live yet that could be its default.'),
  STRATEGY_UNKNOWN: request(422, 'The environment has no such strategy', 'Leave `strategy` out, or name one of its `alternatives`.'),
  NOTHING_TO_DEPLOY: request(409, 'This release is live already', 'Send `force: true` to launch it anew all the same.'),
  NOTHING_TO_UNDO: request(409, 'There is no release before this one', 'Deploy the version you want by name.'),
  CONTRACTED: request(409, 'The data has changed so that the release before may not be able to live with it', 'Deploy a version that can, or send `force: true` once you are sure that the release before can.'),
  DEPLOYMENT_LIVE: request(409, 'Another deployment of this service is live', 'Wait for it, or abort it; the answer names it.'),
  NOT_ADOPTED: request(409, 'The router does not say what is stable here', 'Deploy it for the first time through Slipway, or adopt what runs.'),
  ROUTER_ENTRY_UNKNOWN: request(422, 'The router does not know this environment', 'Add its map and backends to the router, or name in `router.backend` the entry that is there; `slipway router config haproxy` prints them.'),
  ROUTER_ENTRY_INVALID: request(502, 'The router entry is not one of ours', 'Somebody else wrote it. Put it right by hand; docs/routers.md shows its form.'),

  // Messages to a deployment
  DEPLOYMENT_ENDED: request(409, 'The deployment has ended', 'Start a new one, or undo it.'),
  WRONG_DEPLOYMENT: request(409, 'The message is for another run', 'Read the live one and address that.'),
  WRONG_STEP: request(409, 'The message is for another step', 'Read the deployment and address its present step.'),
  GATE_NOT_OPEN: request(409, 'No such gate is open', 'Read the deployment: `gate` names the one that waits.'),
  ALREADY_DECIDED: request(409, 'The gate has its decision', 'Nothing is to be done.'),
  ALREADY_PAUSED: request(409, 'The run is paused already', 'Nothing is to be done.'),
  NOTHING_TO_PAUSE: request(409, 'There is nothing to pause', 'Only what has not been swapped yet can be held; abort takes it back.'),
  NOT_PAUSED: request(409, 'The run is not paused', 'Nothing is to be done.'),
  ABORTING: request(409, 'The run goes back already', 'Wait until it has ended.'),
  NOTHING_TO_SKIP: request(409, 'There is nothing to skip', 'Skip ends a bake, `keepWarm` or, of a restore, `keepOld`: send it while one runs.'),
  ALREADY_PROMOTING: request(409, 'The deployment goes to 100 % already', 'Nothing is to be done.'),
  PAST_NO_RETURN: request(409, 'It is too late for that: the point of no return is behind it', 'Once a deployment has ended, undo it; where its migration `contract` stands in the way of that, an abort stops it. Of a restore, restore the safety backup.'),
  NOT_IN_ATTENTION: request(409, 'The run does not need attention', '`resolve` ends the phase `needs-attention`, or a `revert` that runs.'),
  RESOLVE_REFUSED: request(409, 'What the routers show says otherwise', 'Read the deployment: its notes say what serves. Name that slot, or mend it first.'),
  READ_TOO_OLD: passing(409, 'The last read of the routers is too old', 'Wait for the next read, at most a few seconds, and repeat.'),
  ROLE_REQUIRED: request(403, 'The gate asks for a role', 'Approve through the API, with a key that has the role.'),
  HELD_BY_RESTORE: request(409, 'A restore holds this service', 'The answer names it: the service is let go when its data is swapped and verified, or the restore ends.'),

  // Runs
  LAUNCH_FAILED: request(502, 'The instances could not be launched', 'The detail holds what the target said; correct it and deploy again.'),
  NEVER_HEALTHY: request(502, 'The candidate never became healthy', 'The detail names each instance and its last answer. Raise `launch.timeout` if it is only slow.'),
  VERIFY_FAILED: request(502, 'The candidate failed a check before its first traffic', 'The detail names the check and the instance.'),
  TARGET_UNREACHABLE: passing(502, 'The target does not answer', 'Check that the program or host is reachable from the workers of the site.'),
  TARGET_OUTPUT_INVALID: request(502, 'The target answered something that is no status', '`status` must print `{"instances":[…]}`; docs/targets.md shows the form.'),
  PROGRAM_MISSING: request(502, 'A program is not installed', 'Install it on the hosts of the workers, or correct its path.'),
  PROGRAM_NOT_STARTED: passing(502, 'A program could not be started just now', 'The host of the worker is short of processes, files or memory, or the program is being replaced: it is tried again. Give the host more, or less to do at once.'),
  PROGRAM_FAILED: request(502, 'A program failed', 'The detail holds its exit code and the end of its error output.'),
  STEP_TIMEOUT: passing(504, 'A step did not end in time', 'Its worker may have died again and again, or the work needs longer: raise the `timeout` of a source, or find out what it waits for.'),
  PROGRAM_TIMEOUT: passing(504, 'A program did not end in time', 'Raise its timeout, or find out what it waits for.'),
  ROUTER_UNREACHABLE: passing(502, 'The router does not answer', 'Check its admin socket or port from the workers of the site.'),
  ROUTER_SLOT_FULL: request(502, 'The router has no room for the instances', 'Raise the number of servers in its `server-template`.'),
  ROUTER_CONFLICT: request(409, 'Somebody else changed the split', 'Find out who; the deployment was taken back and guessed nothing.'),
  PULLED: request(409, 'The watch pulled the candidate', 'The verdict says why.'),
  SLOT_IN_USE: request(409, 'The slot still has traffic', 'It is never stopped before it has drained on every router instance.'),
  BREACH: request(409, 'The candidate breached its limits', 'The verdict names the measure, the number and the limit.'),
  NO_DATA: request(409, 'There was too little data to judge', 'Send more traffic, lower `minRequests`, or choose `noData.then`.'),
  JUDGE_ERROR: passing(502, 'The candidate could not be judged', 'The reasons name what could not be reached, and from which worker.'),
  STABLE_DOWN: request(409, 'Stable is not healthy, so nothing is taken back to it', 'Look at both slots, mend one, then resolve by naming the slot that serves.'),
  METRIC_UNAVAILABLE: passing(502, 'The metrics store does not answer', 'Check its address from the workers, and the query.'),
  NOTIFY_FAILED: passing(502, 'A notice could not be delivered', 'Check the receiver; nothing else waits for it.'),
  NOTIFY_REFUSED: request(502, 'The receiver refused a notice', 'Correct the address or the secret of the notice; it is not sent again.'),
  GATE_TIMEOUT: request(409, 'Nobody decided in time', 'Deploy again, or raise the gate’s `timeout`.'),
  REJECTED: request(409, 'A person rejected it at a gate', 'The status names who and why.'),
  ABORTED: request(409, 'A person aborted the run', 'The status names who and why.'),
  CANCELLED: request(409, 'The run was cancelled from Temporal', 'A cancel is an abort: the run went back, and its status says to what.'),
  LOST: request(410, 'The run is gone without an end', 'It was terminated or its history deleted. The next deployment repairs from the router; after a restore look for what its record names.'),

  // Backups and restores
  SOURCE_UNKNOWN: request(404, 'The environment has no such source', 'Name one of its `backups`; `GET /api/v1/backup-sources` lists them.'),
  SOURCE_NOT_OWNED: request(409, 'Another service owns this source', 'Ask for it by its owner: the answer names it.'),
  SOURCE_HOST_BOUND: request(422, 'The source is on one host, and the workers may be on several', 'Say `shared: true` where each worker has it mounted, or set `singleHost` in `slipway.config.yaml`.'),
  SOURCE_TAKEN: request(409, 'Another service owns this data', 'Declare it by `uses`: the answer names the owner and its source.'),
  REPOSITORY_UNKNOWN: request(422, 'There is no such repository', 'Name a repository of `slipway.config.yaml`.'),
  BACKUP_NOT_FOUND: request(404, 'There is no such backup', 'List them with `GET /api/v1/backups`.'),
  RESTORE_NOT_FOUND: request(404, 'There is no such restore', 'List them with `GET /api/v1/restores`.'),
  DRILL_NOT_FOUND: request(404, 'There is no such drill', 'List them with `GET /api/v1/drills`.'),
  BACKUP_RUNNING: request(409, 'A backup of this source is running', 'Wait for it; the answer names it.'),
  RESTORE_RUNNING: request(409, 'A restore of this source is running', 'The answer names it: read its phase. While it is `keeping`, `skip` ends it and drops the data from before; `abort` swaps back and loses what was written since. Before that, wait or abort.'),
  DRILL_RUNNING: request(409, 'A drill of this source is running', 'Wait for it; the answer names it.'),
  BACKUP_NOT_VERIFIED: request(409, 'The backup was never read back', 'Verify it first with `POST /backups/{id}/verify`, or choose `latest`.'),
  BACKUP_DAMAGED: request(409, 'The backup is damaged', 'Choose another one; the record names what is hit.'),
  BACKUP_NOT_STORED: request(409, 'Nothing of the backup is stored', 'It runs, failed or was skipped: its record says which.'),
  BACKUP_MISMATCH: request(409, 'The backup is of another kind of source', 'Choose one that was made since the source was changed.'),
  BACKUP_FORGOTTEN: request(409, 'Retention let the backup go', 'Choose another one.'),
  NO_BACKUP: request(409, 'There is no verified backup to choose', 'Make one with `POST /backups`, or choose a later `before`.'),
  NO_RESTORE_OFFERED: request(409, 'The deployment offers no restore', 'Choose a backup by its id: `GET /api/v1/backups` lists them.'),
  SOURCE_UNREACHABLE: passing(502, 'The source does not answer', 'Check its address from the workers of the site.'),
  SOURCE_REFUSED: request(502, 'The source refused the connection', 'Check user, password and rights; the detail holds what it said.'),
  SOURCE_MISSING: request(502, 'The source is not there', 'Check its path or database name on the hosts of the workers.'),
  SOURCE_CHANGED: passing(409, 'The source changed while it was read', 'It is tried again until `timeout`. Back it up in a quiet hour, or back up a snapshot of it (LVM, ZFS, Btrfs).'),
  SOURCE_UNSUPPORTED: request(422, 'The source holds something that cannot be backed up', 'The detail names it: take it out of the source, or declare the source in another way.'),
  CLIENT_TOO_OLD: request(502, 'The client programs are older than the server', 'Install the client programs of the server’s major version on the workers.'),
  CLIENT_TOO_NEW: request(502, 'The client programs are too new for the server', 'Install the client programs of the server’s major version on the workers, beside the newer ones.'),
  PRODUCER_FAILED: request(502, 'The program that reads the source failed', 'The detail holds the end of what it said. Nothing was stored.'),
  ENGINE_TOO_OLD: request(502, 'The backup program is too old', 'Install restic 0.17 or newer on the workers, or name it by `program`.'),
  ENGINE_DIED: passing(502, 'The backup program died before it was done', 'It is tried again. When it goes on, look who ended it: the kernel ends programs where memory is short.'),
  ENGINE_FAILED: request(502, 'The backup program failed', 'The detail holds the end of what it said.'),
  REPOSITORY_UNREACHABLE: passing(502, 'The repository does not answer', 'Check its address, that its disk is mounted, and that the workers may write there. How one that is lost is made again stands in docs/backups.md, "When a repository is lost".'),
  REPOSITORY_PASSWORD_WRONG: request(502, 'The repository has another password or key', 'Check the secret that the repository names.'),
  REPOSITORY_FULL: request(507, 'The destination is full', 'Retention runs by itself now. See what it would let go, lower `keep`, and `POST /api/v1/backup-sources/{service}/{environment}/{source}/retention`.'),
  REPOSITORY_DAMAGED: request(409, 'The repository is damaged', 'Nothing was deleted there. Verify the backups of its sources, and mend it: docs/backups.md, "Verify, and damage".'),
  REPOSITORY_LOCKED: passing(409, 'The repository is locked', 'Locks of dead programs are removed by themselves under the lease; another host’s only after half an hour.'),
  LEASE_HELD: passing(409, 'Another operation has the lease', 'It is waited for; the detail names it.'),
  LEASE_LOST: passing(409, 'The lease ran out', 'The operation was stopped so that no two work at once; it starts again.'),
  UNSAFE_PATH: request(422, 'The backup names a place outside of its folder', 'Somebody made it by other means. Nothing was written there.'),
  COPY_MISSING: request(409, 'The restored copy is not there', 'Somebody dropped it. Restore again.'),
  RESTORE_FAILED: request(502, 'The backup could not be restored', 'The detail holds the end of what the program said. What is live was not touched.'),
  PROOF_FAILED: request(409, 'The restored copy is not what was backed up', 'The proof names each item that differs. What is live was not touched.'),
  QUIESCE_UNSUPPORTED: request(422, 'Writes cannot be stopped this way here', 'Give `quiesce` a command; read-only mode is for PostgreSQL.'),
  QUIESCE_REQUIRED: request(422, 'This source can be swapped only while nobody writes', 'Declare `restore.quiesce` with a command that stops its writers.'),
  SWAP_FAILED: passing(409, 'The restored data could not take its place', 'What was live is live. The detail says what was in the way.'),
  STAGING_FULL: request(507, 'There is no room for the restored copy', 'Make room beside the source, or in the staging folder of the worker.'),
  RESTORE_ENDED: request(409, 'The restore has ended', 'Start a new one.'),
  BACKUP_FAILED: request(502, 'The backup before a deployment failed', 'Nothing was touched. The detail names the source and why; deploy again once that is mended.'),
  MIGRATION_FAILED: passing(502, 'A migration command failed', 'The detail holds its exit code and the end of its output.'),

  // The embedded stack
  STATE_DIR_IN_USE: request(500, 'Another stack runs on this folder', 'Stop it, or use another `SLIPWAY_STATE_DIR`.'),
  PORT_TAKEN: request(500, 'A port is taken', 'Stop what uses it, or choose others by `--port-base`.'),
  MIGRATION_CHANGED: request(500, 'The database was set up by another build', 'Use the release that set it up, or a later one; a migration that was applied never changes.'),
  PROCESS_FAILED: request(500, 'A part of the stack does not come up', 'Its last lines are above; the whole log is in the `logs` folder of the state.'),
} as const satisfies Record<string, ErrorDescription>;

export type ErrorCode = keyof typeof ERRORS;
