/** What a caller asks, in the words of OpenID AuthZEN Authorization API 1.0: may this subject do this to that, under these circumstances. */

/** What a caller says of an entity beside its identity. Anything that JSON can hold; nothing of it is trusted to have a type. */
export type Properties = Readonly<Record<string, unknown>>;

export interface Entity {
  readonly type: string;
  readonly id: string;
  readonly properties: Properties;
}

export interface Action {
  readonly name: string;
  readonly properties: Properties;
}

export interface Question {
  readonly subject: Entity;
  readonly action: Action;
  readonly resource: Entity;
  readonly context: Properties;
}

/** No properties were given. One object, so that asking costs no allocation. */
export const NONE: Properties = Object.freeze({});
