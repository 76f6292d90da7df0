import "./tokens.css";
import "./base.css";

import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { Toasts } from "./parts/toast.tsx";
import { queries } from "./queries.ts";
import { router } from "./router.tsx";
import { applyTheme } from "./theme.ts";

applyTheme();

const root = document.getElementById("console");
if (root === null) throw new Error("the page has no #console");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
      <Toasts />
    </QueryClientProvider>
  </StrictMode>,
);
