import type { Screen } from './screen.js';

const PARTS = 5;
const WIDTH = 24;

/** Shows how far the start is: a bar on a terminal, a line for each part elsewhere. */
export function createStartBar(screen: Screen) {
  const startedMs = Date.now();
  const up = new Set<string>();
  let over = false;
  const draw = () => {
    const filled = Math.round((up.size / PARTS) * WIDTH);
    screen.current(`  starting   [${'#'.repeat(filled).padEnd(WIDTH, '.')}] ${[...up].join(', ')}`);
  };
  draw();
  return {
    say: (line: string) => screen.line(`  ${line}`),
    ready(part: string) {
      // Later it is a restart, which is told by what restarts it.
      if (over) return;
      up.add(part);
      if (screen.redraws) draw();
      else screen.line(`  ${part.padEnd(10)} ready after ${((Date.now() - startedMs) / 1_000).toFixed(1)} s`);
    },
    end() {
      over = true;
      screen.current(undefined);
    },
  };
}
