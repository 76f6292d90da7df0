/** The short lists of a request, in words. The contract says which there are; what it adds appears by its own name. */
import { REASON_CLASSES, RISKS } from "../../../src/exceptions/contract-content.ts";
import { titleWords } from "../../words.ts";

const REASONS: Readonly<Record<string, string>> = {
  technical: "The technology cannot do it",
  accessibility: "A person cannot use it",
  availability: "It must work when other things fail",
  vendor: "A vendor does not support it",
  migration: "A migration is under way",
  emergency: "An emergency",
  other: "Something else",
};

export const REASON_WORDS = REASON_CLASSES.map((value) => ({ value, label: REASONS[value] ?? titleWords(value) }));

export const RISK_WORDS = RISKS.map((value) => ({ value, label: titleWords(value) }));
