// A client made of the published hooks alone, as an application would write it; nothing in it knows of Flux.

import { Suspense, useState } from "react";
import { createRoot } from "react-dom/client";
import { useAgent } from "agents/react";
import { useAgentChat } from "@cloudflare/ai-chat/react";

function Chat() {
  const [state, setState] = useState();
  const [result, setResult] = useState("");
  const [draft, setDraft] = useState("");
  const agent = useAgent({ agent: "chat", name: "me", onStateUpdate: setState });
  const { messages, sendMessage, regenerate, stop, clearHistory, addToolApprovalResponse, status, error } = useAgentChat({ agent });

  const submit = (event) => {
    event.preventDefault();
    sendMessage({ text: draft });
    setDraft("");
  };
  const call = () =>
    agent.call("scheduleBlock", [{ title: "Dentist", startTime: "2027-03-02T09:00" }]).then(
      (report) => setResult(report.summary),
      (failure) => setResult(failure.message),
    );
  const plan = state?.plans[state.activePlanId];
  return (
    <>
      <p role="status" aria-label="Chat">{status}</p>
      <p role="status" aria-label="Identity">{agent.identified ? `${agent.agent}/${agent.name}` : "unknown"}</p>
      <p role="status" aria-label="Result">{result}</p>
      {error && <p role="alert">{error.message}</p>}
      <ol aria-label="Messages">
        {messages.map((message) => (
          <li key={message.id} aria-label={message.role}>
            {message.parts.map((part, index) => (
              <Part key={index} part={part} approve={(id, approved) => addToolApprovalResponse({ id, approved })} />
            ))}
          </li>
        ))}
      </ol>
      <ul aria-label="Blocks">{plan?.stream.map((block) => <li key={block.id}>{block.title}</li>)}</ul>
      <form onSubmit={submit}>
        <input aria-label="Message" value={draft} onChange={(event) => setDraft(event.target.value)} />
        <button>Send</button>
      </form>
      <button onClick={call}>Schedule dentist</button>
      <button onClick={stop}>Stop</button>
      <button onClick={() => regenerate()}>Again</button>
      <button onClick={clearHistory}>Clear</button>
    </>
  );
}

function Part({ part, approve }) {
  if (part.type === "text") return <p>{part.text}</p>;
  if (!part.type.startsWith("tool-")) return null;
  return (
    <div role="group" aria-label={part.type}>
      <span>{part.state}</span> <span>{part.output?.summary}</span>
      {part.state === "approval-requested" && <button onClick={() => approve(part.approval.id, true)}>Approve</button>}
    </div>
  );
}

createRoot(document.getElementById("root")).render(
  <Suspense fallback="Loading"><Chat /></Suspense>,
);
