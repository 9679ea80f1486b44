namespace SaaSFlows.Engine.Expressions.Values;

internal enum ValueKind : byte
{
    Undefined,
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
    Secret,
}
