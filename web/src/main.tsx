import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Refusal } from "./api/http";
import { App } from "./App";
import { begin, whenAged } from "./live/live";
import { pageOf } from "./pages";
import { currentPlace } from "./router/location";
import "./theme/tokens.css";
import "./theme/base.css";

const data = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 5_000, refetchOnWindowFocus: false, retry: (count, error) => count < 2 && error instanceof Refusal && error.isPassing },
  },
});

whenAged((aged) => {
  for (const first of aged) void data.invalidateQueries(first === "all" ? {} : { queryKey: [first] });
});
begin();

const root = document.getElementById("root");
if (root) {
  const draw = () =>
    createRoot(root).render(
      <StrictMode>
        <QueryClientProvider client={data}>
          <App />
        </QueryClientProvider>
      </StrictMode>,
    );
  // The first thing drawn is the page itself. One that could not be fetched says so itself, when it is drawn.
  const first = pageOf(currentPlace().path)?.view.arrive();
  (first ?? Promise.resolve()).then(draw, draw);
}
