using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Phoenix.Client.ReadModels;

/// <summary>How rows become objects: columns are called in PostgreSQL's way. What the type does not allow for is an error.</summary>
internal static class RowJson
{
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>The column of a member.</summary>
    /// <exception cref="ArgumentException">The expression is no member of the row.</exception>
    public static string Column<TRow, TValue>(Expression<Func<TRow, TValue>> member)
    {
        ArgumentNullException.ThrowIfNull(member);
        if (member.Body is not MemberExpression { Expression: ParameterExpression, Member: var named })
            throw new ArgumentException($"'{member}' is no member of a row. Write one such as 'row => row.Balance'.", nameof(member));
        return named.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(named.Name);
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            // PostgreSQL has NaN and infinities as text.
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            Converters = { new JsonStringEnumConverter() },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
