using System.Reflection;
using Mono.Cecil;

namespace SaaSFlows.Conventions.Tests;

/// <summary>Which type of an assembly uses which, read from the compiled code: signatures and bodies.</summary>
internal static class TypeUses
{
    /// <summary>Every use of one outermost type by another of the same assembly, once.</summary>
    public static IReadOnlySet<(TypeReference From, TypeReference To)> Of(Assembly assembly)
    {
        using var module = ModuleDefinition.ReadModule(assembly.Location);
        var uses =
            from type in module.GetTypes()
            from used in Used(type).SelectMany(Parts)
            where used.Scope == module && !IsGenerated(used)
            select (From: Outermost(type), To: Outermost(used));
        return uses.Where(use => use.From.FullName != use.To.FullName).DistinctBy(use => (use.From.FullName, use.To.FullName)).ToHashSet();
    }

    private static IEnumerable<TypeReference?> Used(TypeDefinition type) =>
        [
            type.BaseType,
            .. type.Interfaces.Select(implemented => implemented.InterfaceType),
            .. type.Fields.Select(field => field.FieldType),
            .. type.CustomAttributes.Select(attribute => attribute.AttributeType),
            .. type.Methods.SelectMany(Used),
        ];

    private static IEnumerable<TypeReference?> Used(MethodDefinition method) =>
        method.HasBody
            ? [.. Signature(method), .. method.Body.Variables.Select(variable => variable.VariableType), .. method.Body.Instructions.SelectMany(Used)]
            : Signature(method);

    private static IEnumerable<TypeReference?> Used(Mono.Cecil.Cil.Instruction instruction) =>
        instruction.Operand switch
        {
            MethodReference method => [method.DeclaringType, .. Signature(method)],
            FieldReference field => [field.DeclaringType, field.FieldType],
            TypeReference type => [type],
            _ => [],
        };

    private static IEnumerable<TypeReference?> Signature(MethodReference method) =>
        [
            method.ReturnType,
            .. method.Parameters.Select(parameter => parameter.ParameterType),
            .. method is GenericInstanceMethod generic ? generic.GenericArguments : [],
        ];

    private static IEnumerable<TypeReference> Parts(TypeReference? type) =>
        type switch
        {
            null or GenericParameter => [],
            GenericInstanceType generic => [generic.ElementType, .. generic.GenericArguments.SelectMany(Parts)],
            TypeSpecification wrapped => Parts(wrapped.ElementType),
            _ => [type],
        };

    private static bool IsGenerated(TypeReference type) => Outermost(type).Name.StartsWith('<');

    private static TypeReference Outermost(TypeReference type) => type.DeclaringType is { } outer ? Outermost(outer) : type;
}
