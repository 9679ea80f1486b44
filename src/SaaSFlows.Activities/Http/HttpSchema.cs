using System.Text.Json;

namespace SaaSFlows.Activities.Http;

internal static class HttpSchema
{
    public static JsonElement Json { get; } =
        JsonElement.Parse(
            """
            {
              "type": "object",
              "additionalProperties": false,
              "required": ["url"],
              "properties": {
                "url": {
                  "type": "string",
                  "title": "URL",
                  "description": "Where to send the request, beginning with https:// or http://.",
                  "format": "uri",
                  "minLength": 1,
                  "maxLength": 4000
                },
                "method": {
                  "type": "string",
                  "title": "Method",
                  "enum": ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"],
                  "default": "GET",
                  "x-literal": true
                },
                "query": {
                  "type": "object",
                  "title": "Query parameters",
                  "description": "Added to the URL, encoded as needed. A list gives the parameter several times.",
                  "x-widget": "key-value"
                },
                "headers": {
                  "type": "object",
                  "title": "Headers",
                  "description":
                  "An Idempotency-Key header is added unless you give one: it is the same for each try, so that the receiver can tell a repetition.",
                  "additionalProperties": { "type": ["string", "number", "boolean"] },
                  "x-widget": "key-value"
                },
                "body": {
                  "title": "Body",
                  "description":
                  "JSON or text. JSON is sent as application/json, text as text/plain unless it is a JSON object or list; a Content-Type header overrides both. Under application/x-www-form-urlencoded or multipart/form-data an object, also one that is written as text, is sent as the fields of a form: texts, numbers, true or false, and lists of them. In a text that is JSON with templates, what a template gives is written as JSON: escaped inside of quotes, as a value outside of them.",
                  "x-widget": "json"
                },
                "response_type": {
                  "type": "string",
                  "title": "Read the response as",
                  "description":
                  "auto: JSON if the response says so (and an error if it is none), else text. json: anything else is an error. text: never parsed.",
                  "enum": ["auto", "json", "text"],
                  "default": "auto",
                  "x-literal": true
                },
                "output_variable": {
                  "type": "string",
                  "title": "Save the body as",
                  "description": "Name of a variable that gets the response's body.",
                  "maxLength": 100,
                  "x-literal": true
                },
                "output_schema": {
                  "type": "object",
                  "title": "Schema of the body",
                  "description":
                  "A JSON Schema of the response's body. A dry run goes on with its example where no real execution has brought a response.",
                  "x-widget": "json",
                  "x-literal": true
                },
                "timeout_seconds": {
                  "type": "number",
                  "title": "Time limit",
                  "description": "How long one try may take, in seconds.",
                  "minimum": 1,
                  "maximum": 300,
                  "default": 30,
                  "x-literal": true
                },
                "retry_count": {
                  "type": "integer",
                  "title": "Further tries",
                  "description":
                  "How often to try again after a failure that may pass (no connection, status 408, 425, 429 or 5xx), with growing pauses, or as late as Retry-After of the answer asks. The node's own retry setting wins.",
                  "minimum": 0,
                  "maximum": 19,
                  "default": 0,
                  "x-literal": true
                }
              }
            }
            """
        );
}
