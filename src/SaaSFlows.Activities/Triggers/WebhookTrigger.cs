using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Triggers;

internal sealed class WebhookTrigger : TriggerActivity
{
    public override ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = NodeTypes.TriggerWebhook,
            Category = "trigger",
            DisplayName = "Webhook",
            Icon = "webhook",
            Description =
                "Starts the workflow when another system calls its webhook URL. Puts out payload (the JSON that was sent), headers and query.",
            Produces = "`payload`, `headers`, `query`",
            IsTrigger = true,
            TriggerFields = ["payload", "headers", "query"],
            PayloadField = "payload",
            Inputs = [],
            ConfigAliases = new Dictionary<string, string> { ["ip_allowlist"] = "allowed_ips" },
            ConfigSchema = JsonElement.Parse(
                """
                {
                  "type": "object",
                  "additionalProperties": false,
                  "properties": {
                    "require_signature": {
                      "type": "boolean",
                      "title": "Require a signature",
                      "description": "Accept only calls whose X-Webhook-Signature header was made with the webhook's secret.",
                      "default": false,
                      "x-literal": true
                    },
                    "allowed_ips": {
                      "type": "array",
                      "title": "Allowed addresses",
                      "description": "Accept only calls from these addresses or networks, such as 192.168.1.0/24. Empty: from anywhere.",
                      "items": { "type": "string", "pattern": "^[0-9a-fA-F:.]{2,45}(?:/[0-9]{1,3})?$", "x-literal": true },
                      "maxItems": 100,
                      "x-literal": true
                    },
                    "response_mode": {
                      "type": "string",
                      "title": "Answer",
                      "description":
                      "accepted: the call is answered as soon as the execution is stored. result: it is answered when the execution has ended, with its status and output, or after a time limit with the status alone.",
                      "enum": ["accepted", "result"],
                      "default": "accepted",
                      "x-literal": true
                    }
                  },
                  "x-reserved": {
                    "webhook_path": "'webhook_path' has no effect in this version: deliveries come to the webhook's URL with its token."
                  }
                }
                """
            ),
        };
}
