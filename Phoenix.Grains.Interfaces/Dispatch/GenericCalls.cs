using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;

namespace Phoenix.Dispatch;

/// <summary>Which generic methods a compiled method calls: read from its instructions (ECMA-335, partition III).</summary>
internal static class GenericCalls
{
    private const int MethodSpecification = 0x2B;
    private const byte TwoBytes = 0xFE;

    private static readonly Dictionary<int, OperandType> Operands = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => (int)(ushort)code.Value, code => code.OperandType);

    /// <summary>The calls of a type's own methods, those of its nested types (lambdas, asynchronous methods) included.</summary>
    public static IEnumerable<MethodInfo> In(Type type)
    {
        const BindingFlags own = BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        return type.GetMethods(own).SelectMany(In).Concat(type.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic).SelectMany(In));
    }

    private static IEnumerable<MethodInfo> In(MethodInfo method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code) yield break;
        for (var at = 0; at < code.Length;)
        {
            var operation = code[at] == TwoBytes ? (TwoBytes << 8) | code[at + 1] : code[at];
            at += code[at] == TwoBytes ? 2 : 1;
            var operand = Operands[operation];
            if (operand == OperandType.InlineMethod && BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(at)) is var token
                && token >>> 24 == MethodSpecification && Resolve(method, token) is { } called)
            {
                yield return called;
            }

            at += SizeOf(operand, code, at);
        }
    }

    private static MethodInfo? Resolve(MethodInfo method, int token)
    {
        try
        {
            var ofType = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
            return method.Module.ResolveMethod(token, ofType, method.IsGenericMethod ? method.GetGenericArguments() : null) as MethodInfo;
        }
        catch (Exception exception) when (exception is IOException or TypeLoadException or BadImageFormatException)
        {
            // It calls into an assembly that is not there: whoever runs it will be told.
            return null;
        }
    }

    private static int SizeOf(OperandType operand, byte[] code, int at) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(at))),
        _ => 4,
    };
}
