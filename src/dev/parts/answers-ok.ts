const ANSWER_TIMEOUT_MS = 2_000;

/** Whether a GET is answered with a status of the 200s in time. */
export async function answersOk(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
