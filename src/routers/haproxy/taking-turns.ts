/** Runs what it is given about one subject one after another, in the order of the calls; a failure stops nobody else. */
export type TakingTurns = <T>(subject: string, act: () => Promise<T>) => Promise<T>;

export function takingTurns(): TakingTurns {
  const lasts = new Map<string, Promise<unknown>>();
  return (subject, act) => {
    const turn = (lasts.get(subject) ?? Promise.resolve()).then(act);
    const last = turn.catch(() => {}).then(() => {
      if (lasts.get(subject) === last) lasts.delete(subject);
    });
    lasts.set(subject, last);
    return turn;
  };
}
