import { reportFailure } from './report-failure.js';
import { setupTemporal } from './temporal/setup-temporal-command.js';

/** `npm run setup:temporal`: the same as `slipway setup-temporal`. */
try {
  await setupTemporal(process.env, (text) => { process.stdout.write(text); });
} catch (error) {
  reportFailure(error);
}
