// What the linter asks of the scripts of the page and of their tests.

import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["tests/page/node_modules/**"] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-control-regex": "off", // dom.js spells control characters out
      "no-unused-private-class-members": "off", // it does not know that `||=` reads
      eqeqeq: "error", "no-var": "error", "prefer-const": "error",
      "no-eval": "error", "no-implied-eval": "error", "no-new-func": "error", "no-console": "error",
    },
  },
  {
    files: ["mockserver/web/ui/*.js"],
    languageOptions: { globals: { ...globals.browser, ...globals.sharedWorker } },
  },
  { files: ["tests/page/*.mjs"], languageOptions: { globals: { ...globals.node, ...globals.browser } } },
];
