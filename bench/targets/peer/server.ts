// The peer: the same agent as the documentation of `agents` and `@cloudflare/ai-chat` shows how to write it. The timeline and its
// log are the agent's state, and every edit replaces the state.

import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { AIChatAgent } from "@cloudflare/ai-chat";
import { callable, routeAgentRequest } from "agents";
import { convertToModelMessages, isStepCount, streamText, tool } from "ai";
import { z } from "zod";

interface Env {
  Chat: DurableObjectNamespace<Chat>;
  MODEL_BASE_URL: string;
}

const newBlock = z.object({
  title: z.string().describe("What the block is for"),
  description: z.string().default(""),
  priority: z.enum(["high", "medium", "low"]).default("medium"),
  tags: z.array(z.string()).default([]),
  startTime: z.string().describe("ISO 8601"),
  endTime: z.string().describe("ISO 8601"),
});
const changes = z.object({
  title: z.string(),
  description: z.string(),
  priority: z.enum(["high", "medium", "low"]),
  tags: z.array(z.string()),
  startTime: z.string(),
  endTime: z.string(),
  completed: z.boolean(),
}).partial();
const id = z.object({ id: z.string() });

type NewBlock = z.input<typeof newBlock>;
type Block = z.output<typeof newBlock> & { id: string; completed: boolean };
type Changes = z.output<typeof changes>;
type Logged = { id: string; type: string; payload: unknown; at: string };
type State = { blocks: Block[]; events: Logged[] };

const now = () => new Date().toISOString();
const logged = (type: string, payload: unknown): Logged => ({ id: crypto.randomUUID(), type, payload, at: now() });
const made = (input: NewBlock): Block => ({ id: crypto.randomUUID(), ...newBlock.parse(input), completed: false });

export class Chat extends AIChatAgent<Env, State> {
  initialState: State = { blocks: [], events: [] };

  #commit(blocks: Block[], ...events: Logged[]) {
    this.setState({ blocks, events: [...this.state.events, ...events] });
  }

  @callable()
  scheduleBlock(input: NewBlock): Block {
    const block = made(input);
    this.#commit([...this.state.blocks, block], logged("BLOCK_SCHEDULED", block));
    return block;
  }

  @callable()
  updateBlock(id: string, given: Changes): Block | null {
    const updates = changes.parse(given);
    const before = this.state.blocks.find((block) => block.id === id);
    if (!before) return null;
    const after = { ...before, ...updates };
    this.#commit(this.state.blocks.map((block) => (block === before ? after : block)), logged("BLOCK_UPDATED", { id, updates }));
    return after;
  }

  @callable()
  completeBlock(id: string): Block | null {
    return this.updateBlock(id, { completed: true });
  }

  @callable()
  deleteBlock(id: string): boolean {
    const blocks = this.state.blocks.filter((block) => block.id !== id);
    if (blocks.length === this.state.blocks.length) return false;
    this.#commit(blocks, logged("BLOCK_DELETED", { id }));
    return true;
  }

  /** What separate calls of scheduleBlock would have left behind. */
  @callable()
  seed(inputs: NewBlock[]): number {
    const blocks = inputs.map(made);
    this.#commit([...this.state.blocks, ...blocks], ...blocks.map((block) => logged("BLOCK_SCHEDULED", block)));
    return blocks.length;
  }

  async onChatMessage(_: unknown, options?: { abortSignal?: AbortSignal }) {
    const server = createOpenAICompatible({ name: "scripted", baseURL: this.env.MODEL_BASE_URL });
    const answer = streamText({
      model: server("scripted"),
      system: `You keep the person's timeline. Now: ${now()}.`,
      messages: await convertToModelMessages(this.messages),
      tools: {
        scheduleBlock: tool({
          description: "Add a block to the timeline",
          inputSchema: newBlock,
          execute: async (input) => {
            const { title, startTime } = this.scheduleBlock(input);
            return `Scheduled “${title}” at ${startTime}.`;
          },
        }),
        updateBlock: tool({
          description: "Change a block",
          inputSchema: id.extend({ updates: changes }),
          execute: async ({ id, updates }) => (this.updateBlock(id, updates) ? `Changed ${id}.` : `There is no ${id}.`),
        }),
        completeBlock: tool({
          description: "Mark a block as done",
          inputSchema: id,
          execute: async ({ id }) => (this.completeBlock(id) ? `Completed ${id}.` : `There is no ${id}.`),
        }),
        deleteBlock: tool({
          description: "Remove a block",
          inputSchema: id,
          execute: async ({ id }) => (this.deleteBlock(id) ? `Deleted ${id}.` : `There is no ${id}.`),
        }),
      },
      stopWhen: isStepCount(5),
      abortSignal: options?.abortSignal,
    });
    return answer.toUIMessageStreamResponse();
  }
}

export default {
  async fetch(request: Request, env: Env) {
    return (await routeAgentRequest(request, env)) ?? new Response("Not found", { status: 404 });
  },
} satisfies ExportedHandler<Env>;
