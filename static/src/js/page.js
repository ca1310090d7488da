// Tells govuk-frontend that it may run, and starts the parts in use: focus on what is still needed,
// one click counts once, "none of these" unticks the others.
import { Button, Checkboxes, ErrorSummary, NotificationBanner, Radios, SkipLink, createAll } from "../govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
for (const part of [Button, Checkboxes, ErrorSummary, NotificationBanner, Radios, SkipLink]) {
  createAll(part);
}
