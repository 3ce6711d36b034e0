import { spawn } from 'node:child_process';

const KEPT_CHARACTERS = 20_000;

/** A program that did not end well. */
export class ProgramError extends Error {
  constructor(message, output) {
    super(message);
    this.name = 'ProgramError';
    this.output = output;
  }
}

/**
 * Runs a program without a shell and answers its output.
 * @param {string[]} command
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs: number, onLine?: (line: string) => void}} options
 * @returns {Promise<string>} standard output and standard error together, the last 20,000 characters
 * @throws {ProgramError} when it is missing, fails, or takes longer than `timeoutMs`
 */
export function runProgram(command, { cwd, env = process.env, timeoutMs, onLine }) {
  return new Promise((resolve, reject) => {
    const [file, ...args] = command;
    const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let timedOut = false;
    const timer = setTimeout(() => { timedOut = true; child.kill('SIGKILL'); }, timeoutMs);
    const take = (chunk) => {
      output = (output + String(chunk)).slice(-KEPT_CHARACTERS);
      onLine?.(lastLineOf(String(chunk)));
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => { clearTimeout(timer); reject(new ProgramError(error.code === 'ENOENT' ? 'is not installed' : error.message, output)); });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(output);
      else if (timedOut) reject(new ProgramError(`did not end within ${timeoutMs / 1000} s`, output));
      else reject(new ProgramError(`ended with ${signal ?? `exit code ${code}`}: ${lastLineOf(output)}`, output));
    });
  });
}

/** Without addresses: where packages come from is the user's own setting and nobody's business in a log. */
export function withoutAddresses(text) {
  return text.replaceAll(/\b[a-z+]+:\/\/[^\s'")]+/g, '<address>').replaceAll(/host='[^']*'/g, "host='<address>'");
}

function lastLineOf(text) {
  return withoutAddresses(text.trim().split('\n').at(-1)?.trim() ?? '');
}
