import { personView } from "../src/people/contract.ts";

/** Every role there is, as the contract of a person says. */
export const ROLE_CHOICES = personView.shape.roles.element.options;
