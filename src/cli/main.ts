#!/usr/bin/env node
import { Command } from 'commander';
import { VERSION } from '../api/version.js';
import { routerCommand } from './router/router-command.js';
import { reportFailure } from './report-failure.js';
import { setupTemporalCommand } from './temporal/setup-temporal-command.js';

const print = (text: string): void => { process.stdout.write(text); };

const program = new Command('slipway')
  .description('What an operator of Slipway does at a terminal. Deployments are started through the API.')
  .version(VERSION)
  .addCommand(routerCommand(print))
  .addCommand(setupTemporalCommand(process.env, print));

try {
  await program.parseAsync();
} catch (error) {
  reportFailure(error);
}
