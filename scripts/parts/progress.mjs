const BAR_WIDTH = 24;
const REDRAW_MS = 120;

/**
 * Shows a list of steps: a bar on a terminal, a line for each finished step elsewhere. A step that takes no noticeable time leaves no line.
 * @param {NodeJS.WriteStream} [out] default: standard error, so that standard output stays the program's own
 */
export function createProgress(out = process.stderr) {
  return out.isTTY ? createBar(out) : createLines(out);
}

function createLines(out) {
  return {
    async steps(title, list) {
      for (const step of list) {
        const startedMs = Date.now();
        const note = await step.run((line) => out.write(`  ${step.name}: ${line}\n`));
        report(out, step.name, note, Date.now() - startedMs);
      }
    },
  };
}

function createBar(out) {
  return {
    async steps(title, list) {
      for (const [index, step] of list.entries()) {
        const startedMs = Date.now();
        let detail = '';
        const draw = () => out.write(`\r\x1b[K${barLine(title, index, list.length, step.name, detail, Date.now() - startedMs, out.columns)}`);
        draw();
        const timer = setInterval(draw, REDRAW_MS);
        try {
          const note = await step.run((line) => { detail = line; });
          out.write('\r\x1b[K');
          report(out, step.name, note, Date.now() - startedMs);
        } catch (error) {
          out.write('\r\x1b[K');
          throw error;
        } finally {
          clearInterval(timer);
        }
      }
    },
  };
}

function barLine(title, done, total, name, detail, elapsedMs, columns) {
  const filled = Math.round((done / total) * BAR_WIDTH);
  const bar = '#'.repeat(filled) + '.'.repeat(BAR_WIDTH - filled);
  const line = `${title} [${bar}] ${done}/${total}  ${name} ${(elapsedMs / 1000).toFixed(0)} s  ${detail}`;
  return line.slice(0, Math.max(20, (columns ?? 80) - 1));
}

/** A step answers what it did, or nothing when there was nothing to do. */
function report(out, name, note, elapsedMs) {
  if (note) out.write(`  ${name.padEnd(14)} ${note} (${(elapsedMs / 1000).toFixed(1)} s)\n`);
}
