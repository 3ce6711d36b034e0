/** A worker to be killed: it launches by a process target and says what it launched, then stays. Argument: `{options, request}` as JSON. */
import { createProcessTarget, type ProcessTargetOptions } from '../../../src/targets/process/process-target.js';
import type { LaunchRequest } from '../../../src/targets/target.js';

// Written by a test of ours, in this form.
const { options, request } = JSON.parse(process.argv[2] ?? '') as { options: ProcessTargetOptions; request: LaunchRequest };
const instances = await createProcessTarget(options).launch(request);
process.stdout.write(`${JSON.stringify(instances)}\n`);
setInterval(() => undefined, 1_000);
