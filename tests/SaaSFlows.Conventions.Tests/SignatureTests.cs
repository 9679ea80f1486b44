using System.Reflection;

namespace SaaSFlows.Conventions.Tests;

public sealed class SignatureTests
{
    // A key's source is a webhook or a caller's workflow: two kinds of id share the column.
    private static readonly string[] _bareGuids = ["SaaSFlows.Engine.Starting.EventKey.Source"];

    [Fact]
    public void Ids_in_public_signatures_are_types()
    {
        var parameters =
            from assembly in Repository.Assemblies()
            from type in assembly.GetExportedTypes()
            where !IsId(type)
            from method in type.GetMembers().OfType<MethodBase>()
            where method.DeclaringType == type && method.Name is not "Deconstruct"
            from parameter in method.GetParameters()
            where IsGuid(parameter.ParameterType)
            let property = char.ToUpperInvariant(parameter.Name![0]) + parameter.Name[1..]
            select method.Name.StartsWith("set_", StringComparison.Ordinal) ? $"{type}.{method.Name[4..]}" : $"{type}.{property}";
        Assert.Equal(_bareGuids, parameters.Distinct().Order());
    }

    [Fact]
    public void Cancellation_token_comes_last_and_is_required()
    {
        var strange =
            from assembly in Repository.Assemblies()
            from method in assembly.Methods()
            from parameter in method.GetParameters()
            where parameter.ParameterType == typeof(CancellationToken)
            where parameter.Position != method.GetParameters().Length - 1 || parameter.IsOptional
            where !OverridesForeign(method)
            select method.Title();
        Assert.Empty(strange);
    }

    private static bool IsGuid(Type type) => (Nullable.GetUnderlyingType(type) ?? type) == typeof(Guid);

    private static bool IsId(Type type) => type.IsValueType && type.Name.EndsWith("Id", StringComparison.Ordinal);

    // What a base class or interface of the platform prescribes is not ours to choose.
    private static bool OverridesForeign(MethodInfo method) =>
        IsForeign(method.GetBaseDefinition().DeclaringType!)
        || method
            .DeclaringType!.GetInterfaces()
            .Where(IsForeign)
            .Any(i => method.DeclaringType.IsInterface is false && method.DeclaringType.GetInterfaceMap(i).TargetMethods.Contains(method));

    private static bool IsForeign(Type type) => type.Assembly.GetName().Name?.StartsWith("SaaSFlows.", StringComparison.Ordinal) != true;
}
