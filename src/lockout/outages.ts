/**
 * Outages that really happened, to ask of one's own model: had it happened here. Facts and where to read of them, nothing more. Minutes
 * are from the first failure to the end as the source says it. Which of our components stand for what failed then is `struckBy`.
 */
import type { CauseKind, CommonCause, Component, ComponentKind } from "../estate/component.ts";
import type { PlainDate } from "../kernel/time.ts";
import { leafName } from "./leaf.ts";
import type { LockoutModel } from "./model.ts";
import { standingAfter } from "./what-if.ts";

export interface Outage {
  /** Slug; stays the same. */
  readonly id: string;
  readonly on: PlainDate;
  readonly provider: string;
  /** What people there could not do or reach. */
  readonly what: string;
  readonly kinds: readonly ComponentKind[];
  /** Common causes of these kinds that failed. */
  readonly causes: readonly CauseKind[];
  readonly minutes: number;
  /** The minutes are until no more was hit; what had been hit stayed down until somebody mended it, and no source says for how long. */
  readonly isAtLeast: boolean;
  readonly link: string;
  /** Words by which a component here is seen to be of this provider. */
  readonly words: readonly string[];
}

const MICROSOFT = ["microsoft", "azure", "entra", "office365", "m365"];
const GOOGLE = ["google", "gcp"];
const AMAZON = ["amazon", "aws"];

type Fact = readonly [
  on: string,
  provider: string,
  what: string,
  kinds: readonly ComponentKind[],
  minutes: number,
  link: string,
  words: readonly string[],
  causes?: readonly CauseKind[],
];

const FACTS: Readonly<Record<string, Fact>> = {
  "cloudflare-2025-11": [
    "2025-11-18",
    "Cloudflare",
    "Sites and sign-in pages behind its edge answered with errors",
    ["network", "dns"],
    346,
    "https://blog.cloudflare.com/18-november-2025-outage/",
    ["cloudflare"],
  ],
  "azure-front-door-2025": [
    "2025-10-29",
    "Microsoft",
    "The edge before Azure, its portal and many sign-ins timed out",
    ["network", "cloud"],
    504,
    "https://azure.status.microsoft/status/history/?trackingId=YKYN-BWZ",
    MICROSOFT,
  ],
  "aws-us-east-1-2025": [
    "2025-10-20",
    "Amazon",
    "A region lost the name of its database, and what builds on it",
    ["cloud"],
    872,
    "https://aws.amazon.com/message/101925/",
    AMAZON,
    ["region"],
  ],
  "google-cloud-2025": [
    "2025-06-12",
    "Google",
    "Calls were refused because what authorizes them had crashed",
    ["cloud", "kms"],
    447,
    "https://status.cloud.google.com/incidents/ow5i3PPK96RduMcb1SsW",
    GOOGLE,
  ],
  "crowdstrike-2024": [
    "2024-07-19",
    "CrowdStrike",
    "Windows devices that took a faulty update of its sensor within these minutes did not start; each was mended by hand, for days",
    ["device-trust"],
    78,
    "https://www.crowdstrike.com/blog/technical-details-on-todays-outage/",
    ["crowdstrike", "falcon"],
    ["software-version"],
  ],
  "optus-2023": [
    "2023-11-08",
    "Optus",
    "A national carrier was gone: mobile, fixed lines and internet",
    ["telecom", "sms", "network"],
    715,
    "https://en.wikipedia.org/wiki/2023_Optus_outage",
    ["optus"],
  ],
  "cloudflare-2023-11": [
    "2023-11-02",
    "Cloudflare",
    "Nobody could change anything: dashboard and interfaces were down with a data centre",
    [],
    2441,
    "https://blog.cloudflare.com/post-mortem-on-cloudflare-control-plane-and-analytics-outage/",
    ["cloudflare"],
    ["admin-plane"],
  ],
  "microsoft-wan-2023": [
    "2023-01-25",
    "Microsoft",
    "Its wide area network dropped packets between regions and to its customers",
    ["network"],
    338,
    "https://azure.status.microsoft/en-us/status/history/",
    MICROSOFT,
  ],
  "aws-us-east-1-2021": [
    "2021-12-07",
    "Amazon",
    "Consoles, interfaces and the tokens of a region failed",
    ["cloud"],
    412,
    "https://aws.amazon.com/message/12721/",
    AMAZON,
    ["region", "admin-plane"],
  ],
  "facebook-2021": [
    "2021-10-04",
    "Facebook",
    "Its name servers left the internet, and with them its sign-in and its own doors",
    ["dns", "network"],
    326,
    "https://en.wikipedia.org/wiki/2021_Facebook_outage",
    ["facebook", "meta"],
  ],
  "fastly-2021": [
    "2021-06-08",
    "Fastly",
    "Most of its edge answered with errors",
    ["network"],
    49,
    "https://www.fastly.com/blog/summary-of-june-8-outage",
    ["fastly"],
  ],
  "azure-ad-2021": [
    "2021-03-15",
    "Microsoft",
    "A signing key was withdrawn early: applications stopped trusting sign-ins",
    ["idp"],
    865,
    "https://www.bleepingcomputer.com/news/microsoft/microsoft-explains-the-cause-of-yesterdays-massive-service-outage/",
    MICROSOFT,
  ],
  "google-identity-2020": [
    "2020-12-14",
    "Google",
    "The service that knows every account had no room to write: nobody could sign in",
    ["idp"],
    47,
    "https://status.cloud.google.com/incident/zall/20013",
    GOOGLE,
  ],
  "azure-ad-2020": [
    "2020-09-28",
    "Microsoft",
    "Sign-ins through Azure AD failed after a change went everywhere at once",
    ["idp"],
    178,
    "https://www.theregister.com/2020/10/02/microsoft_azure_bug/",
    MICROSOFT,
  ],
  "azure-mfa-2018-11-27": [
    "2018-11-27",
    "Microsoft",
    "Second factors failed again, after a fault of its name service",
    ["authenticator", "sms"],
    163,
    "https://news.sophos.com/en-us/2018/11/29/microsofts-office-365-mfa-security-crashes-for-second-time/",
    MICROSOFT,
  ],
  "azure-mfa-2018-11-19": [
    "2018-11-19",
    "Microsoft",
    "Second factors failed: who needed one got in nowhere",
    ["authenticator", "sms"],
    839,
    "https://redmondmag.com/articles/2018/11/27/microsoft-restores-azure-mfa.aspx",
    MICROSOFT,
  ],
  "ping-id-2018": [
    "2018-07-23",
    "Ping Identity",
    "Second factors of one data centre failed while its database was backed up",
    ["authenticator"],
    46,
    "https://status.pingidentity.com/incidents/qk3tm8hjrxdt",
    ["ping"],
  ],
  "dyn-2016": [
    "2016-10-21",
    "Dyn",
    "Names of many large services were not found while its servers were flooded",
    ["dns"],
    395,
    "https://www.dynstatus.com/incidents/5r9mppc1kb77",
    ["dyn"],
  ],
  "duo-2015": [
    "2015-10-20",
    "Duo",
    "Second factors of one deployment timed out",
    ["authenticator"],
    46,
    "https://status.duo.com/incidents/jh34cp15f8f5",
    ["duo"],
  ],
};

const AT_LEAST: ReadonlySet<string> = new Set(["crowdstrike-2024"]);

/** The newest first. */
export const OUTAGES: readonly Outage[] = Object.entries(FACTS).map(([id, fact]) => {
  const [on, provider, what, kinds, minutes, link, words, causes = []] = fact;
  return { id, on: on as PlainDate, provider, what, kinds, causes, minutes, isAtLeast: AT_LEAST.has(id), link, words };
});

export interface Struck {
  /** As leaves. */
  readonly failures: readonly string[];
  /** Nothing of these kinds here bears the provider's name: all of them were taken to have failed. */
  readonly isAssumed: boolean;
}

/** What would have failed here: what bears the provider's name among the kinds that failed, else all of these kinds. */
export function struckBy(outage: Outage, { components, commonCauses }: LockoutModel): Struck {
  const ofKind = components.filter(({ kind, status }) => status === "active" && outage.kinds.includes(kind));
  const ofCause = commonCauses.filter(({ kind, status }) => status === "active" && outage.causes.includes(kind));
  const named = leavesOf(ofKind.filter(isOf(outage)), ofCause.filter(isOf(outage)));
  const all = leavesOf(ofKind, ofCause);
  return named.length === 0 ? { failures: all, isAssumed: all.length > 0 } : { failures: named, isAssumed: false };
}

/** What an outage of the list would have done here. */
export interface StruckHere extends Struck {
  readonly outage: Outage;
  /** How many operations had a way in, and would have had none. */
  readonly lockedOut: number;
}

/** Undefined where the list has no such outage. */
export function struckHere(model: LockoutModel, id: string): StruckHere | undefined {
  const outage = OUTAGES.find((each) => each.id === id);
  if (outage === undefined) return undefined;
  const struck = struckBy(outage, model);
  return { ...struck, outage, lockedOut: lockedOutBy(model, struck.failures) };
}

function lockedOutBy(model: LockoutModel, failures: readonly string[]): number {
  if (failures.length === 0) return 0;
  const [before, after] = [standingAfter(model, []), standingAfter(model, failures)];
  return model.operations.filter((each) => before.remaining(each).length > 0 && after.remaining(each).length === 0).length;
}

function isOf({ words }: Outage) {
  return ({ key, name }: Pick<Component, "key" | "name">) => {
    const parts = `${key} ${name}`.toLowerCase().split(/[^a-z0-9]+/);
    return words.some((word) => parts.includes(word));
  };
}

function leavesOf(components: readonly Pick<Component, "key">[], causes: readonly Pick<CommonCause, "key">[]): readonly string[] {
  return [...components.map(({ key }) => key), ...causes.map(({ key }) => leafName({ kind: "cause", key }))];
}
