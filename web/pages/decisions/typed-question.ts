/** What is typed into the form, and the question of AuthZEN that it means. */

export interface Typed {
  /** `person` is picked from the list; the others are types of subjects with a name that is typed. */
  readonly who: string;
  readonly subject: string;
  readonly what: string;
  readonly resource: string;
  readonly method: string;
  readonly ip: string;
  readonly network: string;
  readonly deviceClass: string;
  readonly day: string;
  readonly time: string;
}

export const NOTHING_TYPED: Typed = {
  who: "person",
  subject: "",
  what: "application",
  resource: "",
  method: "",
  ip: "",
  network: "",
  deviceClass: "",
  day: "",
  time: "12:00",
};

export function questionOf({ who, subject, what, resource, method, ip, network, deviceClass }: Typed): Record<string, unknown> {
  const context = {
    ...(ip.trim() !== "" && { ip: ip.trim() }),
    ...(network.trim() !== "" && { networks: [network.trim()] }),
    ...(deviceClass.trim() !== "" && { device_classes: [deviceClass.trim()] }),
  };
  return {
    subject: { type: who === "person" ? "user" : who, id: subject.trim() },
    action: { name: "sign_in", ...(method.trim() !== "" && { properties: { method: method.trim() } }) },
    resource: { type: what, id: resource.trim() },
    ...(Object.keys(context).length > 0 && { context }),
  };
}
