using System.Globalization;
using Microsoft.AspNetCore.Http;
using SaaSFlows.Automation.Results;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Wire;

/// <summary>Reads query parameters and collects what is wrong with them.</summary>
internal sealed class QueryReader(IQueryCollection query)
{
    private const int DefaultPageSize = 20;
    private const int MaxPageSize = 100;

    private readonly Dictionary<string, string> errors = [];

    /// <summary>The answer if anything was wrong, else null. Ask after reading all parameters.</summary>
    public IResult? Refusal => errors.Count == 0 ? null : Answers.FieldErrors("query.invalid", errors);

    public PageRequest Page() => new((int)(Integer("page", 1, 1_000_000) ?? 1), (int)(Integer("per_page", 1, MaxPageSize) ?? DefaultPageSize));

    /// <summary>For lists whose clients may know of no pages: the largest page, where no size is named. <c>limit</c> names it too.</summary>
    public PageRequest LargePage(int largest = MaxPageSize) =>
        new((int)(Integer("page", 1, 1_000_000) ?? 1), (int)(Integer("per_page", 1, largest) ?? Integer("limit", 1, largest) ?? largest));

    public EntityId? Entity() => Integer("entity_id", 1, long.MaxValue) is { } id ? new EntityId(id) : null;

    public CommunityId? Community() => Integer("community_id", 1, long.MaxValue) is { } id ? new CommunityId(id) : null;

    public string? Text(string name, int maxLength)
    {
        var text = query[name].ToString();
        if (text.Length > maxLength)
        {
            errors[name] = $"is longer than {maxLength} characters.";
        }
        else if (text.Contains('\0'))
        {
            errors[name] = "contains the character U+0000, which text can't hold.";
        }

        return text.Length == 0 ? null : text;
    }

    public string? OneOf(string name, params ReadOnlySpan<string> allowed)
    {
        var text = query[name].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        if (!allowed.Contains(text))
        {
            errors[name] = $"must be one of {string.Join(", ", allowed.ToArray())}.";
        }

        return text;
    }

    public bool Flag(string name, bool whenAbsent) => FlagOrNull(name) ?? whenAbsent;

    public bool? FlagOrNull(string name)
    {
        var text = query[name].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        if (bool.TryParse(text, out var value))
        {
            return value;
        }

        errors[name] = "must be true or false.";
        return null;
    }

    public Guid? Id(string name)
    {
        var text = query[name].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        if (Guid.TryParse(text, out var id))
        {
            return id;
        }

        errors[name] = "must be a UUID.";
        return null;
    }

    public DateTimeOffset? Time(string name)
    {
        var text = query[name].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        // The database has other ends of time, and ids have no time before 1970.
        if (
            DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            && time.UtcDateTime.Year is >= 1970 and < 9999
        )
        {
            return time.ToUniversalTime();
        }

        errors[name] = "must be a time such as 2026-01-31T13:00:00Z, from 1970 to 9998.";
        return null;
    }

    /// <summary>A SHA-256 in hexadecimal.</summary>
    public byte[]? Hash(string name)
    {
        var text = query[name].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        if (text.Length == 64 && text.All(char.IsAsciiHexDigit))
        {
            return Convert.FromHexString(text);
        }

        errors[name] = "must be 64 hexadecimal digits.";
        return null;
    }

    public long? Integer(string name, long min, long max)
    {
        var text = query[name].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
        {
            return number;
        }

        errors[name] = max == long.MaxValue ? $"must be a whole number of at least {min}." : $"must be a whole number from {min} to {max}.";
        return null;
    }
}
