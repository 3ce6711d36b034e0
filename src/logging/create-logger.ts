import { pino, type Logger } from 'pino';

export interface LoggingOptions {
  readonly name: string;
  readonly level: string;
  /** `json`: one object a line. `pretty`: time, level and message, for a terminal. */
  readonly format: 'json' | 'pretty';
}

/** Whatever a key of this name holds never reaches a log. */
const SECRET_KEYS = ['authorization', 'password', 'token', 'secret', 'key', 'adminKey', 'databaseUrl'];
const REDACT = SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);

/** The one logger of a process. Secrets are redacted by key. */
export function createLogger({ name, level, format }: LoggingOptions): Logger {
  const options = { base: { name }, level, redact: { paths: REDACT, censor: '[secret]' }, serializers: { error: pino.stdSerializers.err, err: pino.stdSerializers.err } };
  return format === 'json' ? pino(options) : pino(options, { write: (line) => void process.stdout.write(readable(line)) });
}

function readable(line: string): string {
  // A line of pino is always one JSON object with these fields.
  const { time, level, msg = '', name, ...rest } = JSON.parse(line) as { time: number; level: number; msg?: string; name: string };
  const details = Object.keys(rest).length > 0 ? ` ${JSON.stringify(rest)}` : '';
  return `${new Date(time).toISOString().slice(11, 23)} ${pino.levels.labels[level] ?? level} ${name}: ${msg}${details}\n`;
}
