/** The sequence in which components can be worked out from what they need, without a call within a call: chains may be long. */

/**
 * The key and everything it hangs on that is not known yet, each after what it needs. In a circle the one that is met first comes
 * last, so that those before it find it unknown.
 */
export function bottomUp(key: string, needsOf: (key: string) => readonly string[], isKnown: (key: string) => boolean): readonly string[] {
  const order: string[] = [];
  const met = new Set<string>();
  const enter = (at: string) => {
    met.add(at);
    return { at, left: needsOf(at)[Symbol.iterator]() };
  };
  const trail = isKnown(key) ? [] : [enter(key)];
  while (trail.length > 0) {
    const { at, left } = trail.at(-1)!;
    const { value, done } = left.next();
    if (done === true) {
      order.push(at);
      trail.pop();
    } else if (!met.has(value) && !isKnown(value)) trail.push(enter(value));
  }
  return order;
}
