export async function writePage(): Promise<void> {}
