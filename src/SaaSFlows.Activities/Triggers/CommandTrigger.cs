using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Triggers;

/// <summary>Which messages start it is decided by <see cref="CommandMatch"/>.</summary>
internal sealed class CommandTrigger : TriggerActivity
{
    public override ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = NodeTypes.TriggerCommand,
            Category = "trigger",
            DisplayName = "Chat command",
            Icon = "terminal-2",
            Description =
                "Starts the workflow when a chat message begins with a command such as !hello. Puts out username, args (the words after the "
                + "command) and message.",
            Produces = "`username`, `args` (list of words), `message`",
            IsTrigger = true,
            TriggerFields = ["username", "user_id", "args", "message", "entity_id", "message_id"],
            Inputs = [],
            ConfigAliases = new Dictionary<string, string> { ["command_name"] = "command_pattern", ["permission_level"] = "require_permission" },
            ConfigSchema = JsonElement.Parse(
                """
                {
                  "type": "object",
                  "additionalProperties": false,
                  "required": ["command_pattern"],
                  "properties": {
                    "command_pattern": {
                      "type": "string",
                      "title": "Command",
                      "description":
                      "What the message begins with, such as !hello. '!hello' and '!hello world' start the workflow, '!helloworld' does not.",
                      "pattern": "^\\S+(?: \\S+)*$",
                      "maxLength": 100,
                      "x-literal": true
                    },
                    "case_sensitive": {
                      "type": "boolean",
                      "title": "Match upper and lower case",
                      "description": "When off, !Hello is the same as !hello.",
                      "default": false,
                      "x-literal": true
                    },
                    "message_min_length": {
                      "type": "integer",
                      "title": "Shortest message",
                      "description": "Ignore messages with fewer characters, the command included.",
                      "minimum": 0,
                      "maximum": 4000,
                      "default": 0,
                      "x-literal": true
                    },
                    "platforms": {
                      "type": "array",
                      "title": "Platforms",
                      "description": "Where the command is heard. web_chat is the built-in chat, the only one in this version. Empty: everywhere.",
                      "items": { "type": "string", "minLength": 1, "maxLength": 100, "x-literal": true },
                      "maxItems": 100,
                      "x-literal": true
                    },
                    "require_mod": {
                      "type": "boolean",
                      "title": "Only moderators",
                      "description": "Only members with the role editor or a higher one may use the command.",
                      "default": false,
                      "x-literal": true
                    },
                    "require_bot_owner": {
                      "type": "boolean",
                      "title": "Only owners",
                      "description": "Only admins, and the tenant's owner, may use the command.",
                      "default": false,
                      "x-literal": true
                    },
                    "require_permission": {
                      "type": "string",
                      "title": "Only with permission",
                      "description":
                      "everyone, a role (operator, editor, admin: that one or a higher one), or a permission such as publish:workflows.",
                      "pattern": "^(everyone|operator|editor|admin|[a-z]+:[a-z]+)$",
                      "x-literal": true
                    },
                    "cooldown_seconds": {
                      "type": "number",
                      "title": "Cooldown",
                      "description": "Seconds after a start in which the command does not start again.",
                      "minimum": 0,
                      "maximum": 31536000,
                      "default": 0,
                      "x-literal": true
                    },
                    "user_cooldown_seconds": {
                      "type": "number",
                      "title": "Cooldown per member",
                      "description": "The same for each member alone.",
                      "minimum": 0,
                      "maximum": 31536000,
                      "default": 0,
                      "x-literal": true
                    }
                  }
                }
                """
            ),
        };
}
