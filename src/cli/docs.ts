import { writeFile } from 'node:fs/promises';
import { referencePages } from './reference-pages.js';

/** Writes the generated pages of docs/ below the working directory. */
async function writeDocs(): Promise<void> {
  for (const [file, text] of Object.entries(referencePages())) {
    await writeFile(file, text);
    console.log(`wrote ${file}`);
  }
}

await writeDocs();
