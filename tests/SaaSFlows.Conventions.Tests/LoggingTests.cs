using System.Reflection;
using Microsoft.Extensions.Logging;

namespace SaaSFlows.Conventions.Tests;

public sealed class LoggingTests
{
    private static readonly Dictionary<string, int> _areas = new()
    {
        ["Host"] = 1,
        ["Engine"] = 2,
        ["Postgres"] = 3,
        ["Accounts"] = 4,
        ["Automation"] = 5,
        ["Api"] = 6,
        ["Vault"] = 7,
        ["LocalSetup"] = 8,
    };

    [Fact]
    public void Event_ids_are_unique_and_belong_to_their_area()
    {
        var messages = (
            from assembly in Repository.Assemblies()
            from method in assembly.Methods()
            let message = method.GetCustomAttribute<LoggerMessageAttribute>()
            where message is not null
            select (Area: assembly.GetName().Name!["SaaSFlows.".Length..], Title: method.Title(), message.EventId)
        ).ToList();

        Assert.NotEmpty(messages);
        Assert.Empty(messages.GroupBy(m => m.EventId).Where(same => same.Count() > 1).SelectMany(same => same.Select(m => $"{m.EventId} {m.Title}")));
        Assert.Empty(messages.Where(m => m.EventId / 1000 != _areas.GetValueOrDefault(m.Area)).Select(m => $"{m.EventId} {m.Title}"));
    }
}
