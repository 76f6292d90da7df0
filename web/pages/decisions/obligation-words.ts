/** What has to be done beside letting through, in words; what is not known is shown as it came. */
export function obligationWords(obligation: Readonly<Record<string, unknown>>): string {
  const { type, method, networks, seconds, whom } = obligation;
  if (type === "step_up") return `a second step with ${String(method)}`;
  if (type === "restricted_network" && Array.isArray(networks)) return `only in ${networks.join(", ")}`;
  if (type === "session_length") return `a session of at most ${lengthWords(Number(seconds))}`;
  if (type === "notify") return `${String(whom)} is told`;
  return JSON.stringify(obligation);
}

function lengthWords(seconds: number): string {
  if (seconds < 120) return `${seconds} seconds`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} minutes`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} hours` : `${Math.floor(seconds / 86_400)} days`;
}
