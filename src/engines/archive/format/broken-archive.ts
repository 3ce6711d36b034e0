/** The bytes of an archive are not what was written: damage, wherever it shows. */
export class BrokenArchive extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BrokenArchive';
  }
}
