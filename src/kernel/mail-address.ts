const ADDRESS = /^[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64}@[\p{L}\p{N}][\p{L}\p{N}.-]{0,252}$/u;

/** An address of exactly one mailbox: no name, no comment, no list, nothing that could begin another header or command. */
export function isMailAddress(text: string): boolean {
  return ADDRESS.test(text);
}
