import { connect, type Socket } from 'node:net';
import { messageOf, SlipwayError } from '../../domain/errors.js';

/** Where the runtime API of one HAProxy listens: a unix socket on this host, or `host:port`. */
export type AdminAddress = { readonly socket: string } | { readonly tcp: string };

export interface AdminLimits {
  /** @default 500 */
  readonly connectTimeoutMs: number;
  /** The whole conversation, however many commands. @default 2000 */
  readonly conversationTimeoutMs: number;
  /** How old a reading may be that a write goes by. @default 1000 */
  readonly stallLimitMs: number;
}

/** Sends one line and resolves with what HAProxy answers, trimmed. */
export type Ask = (command: string) => Promise<string>;

/** Sends several lines in one piece, so that a process that is stopped has sent all of them or none, and resolves with the answer to each. */
export type AskAll = (commands: readonly string[]) => Promise<readonly string[]>;

const PROMPT = '\n> ';

/**
 * Talks to the runtime API over one connection, in its interactive mode, so that each answer has an end.
 *
 * @throws ROUTER_UNREACHABLE when it cannot be reached, breaks off, or is slower than the limits.
 */
export async function converse<T>(address: AdminAddress, limits: Omit<AdminLimits, 'stallLimitMs'>, talk: (ask: Ask, askAll: AskAll) => Promise<T>): Promise<T> {
  const socket = await open(address, limits.connectTimeoutMs);
  const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${limits.conversationTimeoutMs} ms`)), limits.conversationTimeoutMs);
  try {
    const askAll = questionsOn(socket, address);
    const ask: Ask = async (command) => (await askAll([command]))[0] ?? '';
    const [, result] = await Promise.all([ask('prompt'), talk(ask, askAll)]);
    return result;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

/**
 * Has HAProxy close the connection when it hears nothing for a second, so that a writer that stalls after its reading can no longer write.
 * HAProxy 2.6 forgets its own `stats timeout` on about every third connection that asks at once; set by this command it held on every one.
 */
export async function closeWhenStalled(ask: Ask): Promise<void> {
  await ask('set timeout cli 1');
}

function open(address: AdminAddress, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = 'socket' in address ? connect({ path: address.socket }) : connect(hostAndPort(address.tcp));
    const timer = setTimeout(() => socket.destroy(new Error(`no connection within ${timeoutMs} ms`)), timeoutMs);
    socket.setEncoding('utf8').setNoDelay(true);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(unreachable(address, error));
    });
  });
}

interface Waiting {
  resolve(answer: string): void;
  reject(error: Error): void;
}

/** Answers come in the order of the questions, each ended by a prompt; no line of an answer begins like one. */
function questionsOn(socket: Socket, address: AdminAddress): AskAll {
  const waiting: Waiting[] = [];
  let heard = '';
  let broken: Error | undefined;
  const breakOff = (error: Error): void => {
    broken ??= error;
    for (const one of waiting.splice(0)) one.reject(broken);
  };
  socket.on('data', (chunk: string) => {
    const answers = (heard + chunk).split(PROMPT);
    heard = answers.pop() ?? '';
    for (const answer of answers) waiting.shift()?.resolve(answer.trim());
  });
  socket.on('error', (error) => breakOff(unreachable(address, error)));
  socket.on('close', () => breakOff(unreachable(address, new Error('it closed the connection'))));
  const answer = (): Promise<string> => new Promise((resolve, reject) => void waiting.push({ resolve, reject }));
  return (commands) => {
    if (broken) return Promise.reject(broken);
    const answers = commands.map(answer);
    socket.write(commands.map((command) => `${command}\n`).join(''));
    return Promise.all(answers);
  };
}

function unreachable(address: AdminAddress, cause: Error): SlipwayError {
  const place = 'socket' in address ? address.socket : address.tcp;
  return new SlipwayError('ROUTER_UNREACHABLE', `HAProxy does not answer at ${place}: ${messageOf(cause)}.`, { cause });
}

function hostAndPort(text: string): { host: string; port: number } {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
}
