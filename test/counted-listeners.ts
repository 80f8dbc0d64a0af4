/** A signal that lives as long as an app may, and how many listen to it. */
export function countedListeners(): { readonly signal: AbortSignal; readonly count: number } {
  const { signal } = new AbortController();
  let count = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    count += 1;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    count -= 1;
    remove(...args);
  };
  return {
    signal,
    get count() {
      return count;
    },
  };
}
