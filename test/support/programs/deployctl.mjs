/**
 * A small program of an operator, as `command` targets call it: `deployctl.mjs <folder> up|ps|down`. Instances are entries of a file.
 * It gets what it must know from its environment and its standard input.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, call] = process.argv.slice(2);
const { SLIPWAY_SERVICE: service, SLIPWAY_ENVIRONMENT: environment, SLIPWAY_SLOT: slot, SLIPWAY_VERSION: version } = process.env;
const { deployment, instances } = JSON.parse(readFileSync(0, 'utf8'));
const file = join(folder, `${service}.${environment}.${slot}.json`);
const held = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];

if (call === 'up') {
  for (let number = 1; number <= instances; number += 1) {
    const id = `${deployment}-${number}`;
    if (!held.some((instance) => instance.id === id)) held.push({ id, address: `10.0.0.${number}:8080`, deployment, version, state: 'running' });
  }
  keep(held);
}
if (call === 'ps') console.log(JSON.stringify({ instances: held }));
if (call === 'down') keep(held.filter((one) => !instances.some(({ id, deployment: owner }) => id === one.id && owner === one.deployment)));

function keep(left) {
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(left));
  renameSync(`${file}.${process.pid}`, file);
}
