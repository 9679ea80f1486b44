using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Triggers;

/// <summary>Which messages start it is decided by <see cref="CommandMatch"/>.</summary>
internal sealed class CommandTrigger : TriggerActivity
{
    public override ActivityDescriptor Descriptor { get; } = new()
    {
        Type = NodeTypes.TriggerCommand,
        Category = "trigger",
        DisplayName = "Chat command",
        Icon = "terminal-2",
        Description = "Starts the workflow when a chat message begins with a command such as !hello. Puts out username, args (the words after the command) and message.",
        IsTrigger = true,
        Inputs = [],
        ConfigAliases = new Dictionary<string, string>
        {
            ["command_name"] = "command_pattern",
            ["permission_level"] = "require_permission",
        },
        ConfigSchema = JsonElement.Parse("""
            {
              "type": "object",
              "additionalProperties": false,
              "required": ["command_pattern"],
              "properties": {
                "command_pattern": {
                  "type": "string",
                  "title": "Command",
                  "description": "What the message begins with, such as !hello. '!hello' and '!hello world' start the workflow, '!helloworld' does not.",
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
                }
              },
              "x-reserved": {
                "require_mod": "'require_mod' cannot be checked in this version: while it is on, the command starts for nobody.",
                "require_bot_owner": "'require_bot_owner' cannot be checked in this version: while it is on, the command starts for nobody.",
                "require_permission": "'require_permission' cannot be checked in this version: while it asks for more than everyone, the command starts for nobody.",
                "cooldown_seconds": "'cooldown_seconds' has no effect in this version.",
                "user_cooldown_seconds": "'user_cooldown_seconds' has no effect in this version.",
                "platforms": "'platforms' has no effect in this version: commands come from the built-in chat only."
              }
            }
            """),
    };
}
