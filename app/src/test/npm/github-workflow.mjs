// Parses a workflow like GitHub and prints its errors: node github-workflow.mjs FILE
import { readFileSync } from "node:fs";
import { register } from "node:module";

register("./json-modules.mjs", import.meta.url);
const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await import("@actions/workflow-parser");

const file = { name: process.argv[2], content: readFileSync(process.argv[2], "utf8") };
const { context, value } = parseWorkflow(file, new NoOperationTraceWriter());
if (value) await convertWorkflowTemplate(context, value);
const errors = context.errors.getErrors().map((error) => error.message);
errors.forEach((error) => console.error(error));
process.exitCode = errors.length === 0 ? 0 : 1;
