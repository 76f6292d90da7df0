/** The pages of the decision point's rules. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { signedIn } from "./routes-frame.tsx";

const rules = createRoute({
  getParentRoute: () => signedIn,
  path: "/rules",
  component: lazyRouteComponent(() => import("./pages/rules/rules-page.tsx"), "RulesPage"),
});

const newRules = createRoute({
  getParentRoute: () => signedIn,
  path: "/new-rules",
  component: lazyRouteComponent(() => import("./pages/rules/rule-set-page.tsx"), "NewRuleSetPage"),
});

const ruleSet = createRoute({
  getParentRoute: () => signedIn,
  path: "/rules/$name",
  component: lazyRouteComponent(() => import("./pages/rules/rule-set-page.tsx"), "RuleSetPage"),
});

export const ruleRoutes = [rules, newRules, ruleSet] as const;
