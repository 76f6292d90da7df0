/**
 * What the words of the field mean here, in a sentence or two: shown wherever one of them heads something (parts/term.tsx). They are
 * the words of docs/model/terms.md; a test holds the two to each other, and every entry to a place that shows it.
 */
export const MEANS = {
  exception: "A decision that somebody may sign in a weaker way, for one thing and until a date, with an owner who answers for it.",
  category:
    "A kind of exception. Its policy says who decides, how long one may last, how often it is reviewed and what happens when nobody answers.",
  "three clocks":
    "What was decided, what was granted and what the provider really holds are kept apart: no date that was edited and no job that did not run makes one look like another.",
  decision: "Who approved exactly which content: a version, its hash, and votes signed over both. An edit voids them.",
  grant: "The time, from one instant until another, that a decision bought. It alone lets anybody through.",
  use: "An answer of the decision point that let somebody through by it. What a provider lets through without asking is not seen by it.",
  binding: "What a provider should hold for an exception, and what it was last seen to hold.",
  "read back": "The provider is read again after each order. Only what was seen then makes an exception active or closed.",
  "really off": "What the provider was last seen to hold, whatever the state says.",
  overstay: "The time a provider still holds a bypass although the right to it has ended.",
  "residual session":
    "A sign-in that was got through it and stays open after it was taken away. Until when at most is shown; Postern ends none.",
  "true age": "Days since the first grant of its line, through every renewal, also under another number.",
  renewal: "A further grant of the same line. Each needs one approval more than the one before, up to the caps of its category.",
  repeat: "A request for the same subject and the same thing as this one, within the 365 days before it.",
  headcount: "The people its scope stands for, counted when it was put forward. Who is in two of its groups counts twice.",
  "compensating control":
    "What guards the way in while the stronger sign-in is missing. It is tested again and again, by hand or by a probe.",
  stage: "Roles that are asked at the same time. The next stage is asked when this one is met, and a person counts once in all.",
  quorum: "So many different people, each holding one of the roles of the stage.",
  review:
    "Whether it is still needed, asked again by a day. Without an answer it ends, is suspended or is escalated, as its category says.",
  delegation: "Somebody decides in the place of somebody else for a time. Both names stand in the journal, and the two count once.",
  inherited: "Found or imported, and never approved: it is taken away on its claim date unless it is claimed and approved before.",
  bypass: "A way around strong sign-in that was seen in a provider, whether or not anybody registered it.",
  unregistered: "Nobody answers for it. It is to be claimed or removed within 72 hours, and is escalated after that.",
  claim: "To say that one answers for a bypass. It opens a draft; when that ends without a grant, the bypass is escalated.",
  drift: "What somebody other than Postern changed of what it governs: recorded with who did it, and never repaired in silence.",
  "design issue": "A fault in the design that makes a need come back. Somebody answers for changing it; at most one about it is open.",
  "risk acceptance": "An executive answers for a risk until a date, signed with a passkey. It is asked for at the caps of a category.",
  finding:
    "Something that is not as it must be, with an owner and a day. It is open until it is seen to be mended, or accepted by a risk in force.",
  "critical operation": "Something that must be possible on a bad day, and the ways by which somebody gets in to do it.",
  component: "One thing that can fail by itself and that a way in needs: a provider, a certificate, a network, a person.",
  "common cause": "One thing that, when it happens, makes several components fail at once: a region, a tenant, a contract, a version.",
  "set of failures": "Failures that together leave no way in, none of them to spare. The smallest says what an operation survives.",
  "single point of failure": "A failure that alone leaves no way in, through however many others it reaches.",
  drill:
    "A way back in, tried on purpose: by people, and by Postern itself. Who looks on signs the result, and what is unknown has failed.",
  canary: "An account that exists to be tried by drills. It has no rights, and its secret is sealed and shown to nobody.",
  "shared fate":
    "How far a fallback hangs on what it stands in for: one failure takes both, both hang on the same, or they are only alike.",
  journey:
    "A population that signs in without a password, to one application or operation, on one class of devices; with the six who answer for it.",
  "access model":
    "How a way in works, in words: with which authenticators, bound to what, and what happens without them. It is approved by signature.",
  "rule set": "What the decision point answers by, apart from exceptions: a signed text, of which the first rule that fits decides.",
  checkpoint: "The signed size and root of the log at a moment. Who keeps one notices when the log is set back behind it.",
  "inclusion proof": "A few hashes that lead from an entry to a signed checkpoint: anybody can check them without trusting the server.",
} as const;
