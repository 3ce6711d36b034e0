import { describe, expect, it } from '@jest/globals';
import { goOnCommand, parseArguments } from './arguments.js';

describe('the arguments of npm start', () => {
  it('show the demo on the usual folder and ports by default', () => {
    expect(parseArguments([], {})).toEqual({ demo: 'show', stateFolder: '.slipway', portBase: undefined });
  });

  it('win over the environment', () => {
    expect(parseArguments(['--no-demo', '--state-dir', '/a', '--port-base', '20000'], { SLIPWAY_STATE_DIR: '/b' })).toEqual({ demo: 'skip', stateFolder: '/a', portBase: 20_000 });
  });

  it('take the folder from the environment', () => {
    expect(parseArguments([], { SLIPWAY_STATE_DIR: '/b' })).toMatchObject({ stateFolder: '/b' });
  });

  it.each([
    [{ stateFolder: '.slipway', portBase: undefined }, 'npm start'],
    [{ stateFolder: '/a', portBase: 20_000 }, 'npm start -- --state-dir /a --port-base 20000'],
  ])('go on with %j by %s', (given, command) => {
    expect(goOnCommand(given)).toBe(command);
  });

  it('give help', () => {
    expect(parseArguments(['--help'], {})).toBe('help');
  });

  it.each([['--unknown'], ['--port-base', '80'], ['--port-base', '65500'], ['--port-base', 'many'], ['extra']])('are refused when wrong: %s %s', (...args) => {
    expect(() => parseArguments(args.filter((arg) => arg !== undefined), {})).toThrow(expect.objectContaining({ code: 'SETTINGS_INVALID' }));
  });
});
