using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Phoenix.Tests.Docs;

/// <summary>
/// A table of options: name, default and meaning are those of the class and its doc comments, and the range is what the class says when it
/// gets a value that cannot be.
/// </summary>
internal sealed partial class OptionsTable
{
    private static readonly Dictionary<Assembly, XDocument> Comments = [];
    private readonly List<string> _rows = ["| setting | default | range | what it is |", "|---|---|---|---|"];

    /// <summary>Adds all options of a class and of those below it.</summary>
    /// <param name="section">The configuration section.</param>
    /// <param name="options">An instance with nothing set.</param>
    /// <param name="problems">What is wrong with it now.</param>
    public OptionsTable Add(string section, object options, Func<IEnumerable<string>> problems)
    {
        foreach (var property in options.GetType().GetProperties()
            .Where(property => property.GetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0))
        {
            if (options is IDictionary && property.DeclaringType != options.GetType()) continue;
            AddProperty($"{section}:{property.Name}", options, property, problems);
        }

        return this;
    }

    public override string ToString() => string.Concat(_rows.Select(row => $"{row}\n"));

    private void AddProperty(string key, object options, PropertyInfo property, Func<IEnumerable<string>> problems)
    {
        var type = property.PropertyType;
        if (ElementOf(type) is { } element)
        {
            key += typeof(IList).IsAssignableFrom(property.GetValue(options)!.GetType()) ? ":0" : ":{name}";
            if (IsOptions(element)) Add(key, Activator.CreateInstance(element)!, static () => []);
            else _rows.Add($"| `{key}` | {DefaultOf(property, null)} | | {MeaningOf(property)} |");
        }
        else if (IsOptions(type)) Add(key, property.GetValue(options)!, problems);
        else
        {
            var (value, range) = (DefaultOf(property, property.GetValue(options)), RangeOf(key, options, property, problems));
            _rows.Add($"| `{key}` | {value} | {range} | {MeaningOf(property)} |");
        }
    }

    private static bool IsOptions(Type type) =>
        type is { IsClass: true } && type != typeof(string)
        && type.Assembly.GetName().Name!.StartsWith("Phoenix", StringComparison.Ordinal);

    private static Type? ElementOf(Type type)
    {
        var all = type.GetInterfaces().Append(type).Where(one => one.IsGenericType).ToList();
        return all.FirstOrDefault(one => one.GetGenericTypeDefinition() == typeof(IDictionary<,>))?.GenericTypeArguments[1]
            ?? all.FirstOrDefault(one => one.GetGenericTypeDefinition() == typeof(IList<>))?.GenericTypeArguments[0];
    }

    /// <summary>What holds while nothing is set: the value, or what the comment says of it.</summary>
    private static string DefaultOf(PropertyInfo property, object? value)
    {
        if (value is not (null or "")) return Text(property.Name, value);
        var comment = CommentOf(property);
        return comment.Contains("Required.", StringComparison.Ordinal) ? "required"
            : Default().Match(comment) is { Success: true } said ? said.Groups["default"].Value : "none";
    }

    private static string Text(string name, object value) => value switch
    {
        TimeSpan { Ticks: 0 } => "0",
        TimeSpan time when time.TotalSeconds < 1 => Invariant($"{time.TotalMilliseconds:0.###} ms"),
        TimeSpan time when time.TotalMinutes < 1 => Invariant($"{time.TotalSeconds:0.###} s"),
        TimeSpan time when time.TotalHours < 1 => Invariant($"{time.TotalMinutes:0.###} min"),
        TimeSpan time => Invariant($"{time.TotalHours:0.###} h"),
        int or long when name.Contains("Bytes", StringComparison.Ordinal)
            && Convert.ToInt64(value, CultureInfo.InvariantCulture) is var bytes and >= 1024 * 1024 =>
            Invariant($"{bytes / 1024 / 1024} MiB"),
        int number when name.Contains("Port", StringComparison.Ordinal) => Invariant($"{number}"),
        int or long => Invariant($"{value:N0}"),
        bool yes => yes ? "`true`" : "`false`",
        _ => $"`{value}`",
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string RangeOf(string key, object options, PropertyInfo property, Func<IEnumerable<string>> problems)
    {
        var plain = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (plain.IsEnum) return string.Join(", ", Enum.GetNames(plain).Select(name => $"`{name}`"));
        object? bad = plain switch
        {
            var type when type == typeof(int) => -1,
            var type when type == typeof(long) => -1L,
            var type when type == typeof(short) => (short)-1,
            var type when type == typeof(TimeSpan) => TimeSpan.FromDays(-1),
            var type when type == typeof(string) => new string(' ', 300),
            _ => null,
        };
        if (bad is null || property.SetMethod is not { IsPublic: true }) return "";
        var good = property.GetValue(options);
        property.SetValue(options, bad);
        try
        {
            return problems().Select(problem =>
                Range(key[(key.LastIndexOf(':') + 1)..]).Match(problem) is { Success: true } match && IsOf(key, problem)
                ? match.Groups["range"].Value.Replace("|", "\\|", StringComparison.Ordinal) : null).FirstOrDefault(found =>
                    found is not null) ?? "";
        }
        finally
        {
            property.SetValue(options, good);
        }
    }

    private static bool IsOf(string key, string problem) =>
        problem.StartsWith(key, StringComparison.Ordinal)
        || (key.StartsWith("Phoenix:Client:", StringComparison.Ordinal)
            && problem.StartsWith("PhoenixClientOptions.", StringComparison.Ordinal));

    private static string MeaningOf(PropertyInfo property)
    {
        var text = CommentOf(property);
        return (Sentence().Match(text) is { Success: true } first ? first.Value : text).Replace("|", "\\|", StringComparison.Ordinal);
    }

    private static string CommentOf(PropertyInfo property)
    {
        var assembly = property.DeclaringType!.Assembly;
        if (!Comments.TryGetValue(assembly, out var comments))
            Comments[assembly] = comments = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml"));
        var name = $"P:{property.DeclaringType.FullName!.Replace('+', '.')}.{property.Name}";
        var summary = comments.Descendants("member").SingleOrDefault(member => (string?)member.Attribute("name") == name)
            ?.Element("summary")
            ?? throw new InvalidOperationException($"{name} has no doc comment.");
        return Space().Replace(string.Concat(summary.Nodes().Select(TextOf)), " ").Trim();
    }

    private static string TextOf(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement element when ((string?)element.Attribute("cref") ?? (string?)element.Attribute("langword")) is { } reference =>
            $"`{reference[(reference.LastIndexOf('.') + 1)..]}`",
        XElement element => element.Value,
        _ => "",
    };

    private static Regex Range(string name) =>
        new(
            $@"[:.]{name} (?:is (?<range>[^;]*); found|\([^)]*\) is (?<range>[^;]*)\.$|is .*Set it to (?!the name)(?<range>.+?)(?=, for example|, or leave| \(|\.(?: |$)|:))",
            RegexOptions.Singleline);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex(@"Default:? (?<default>.+?)(?:\.(?= |$)|;)")]
    private static partial Regex Default();

    [GeneratedRegex(@"^.*?\.(?= [A-Z`]|$)")]
    private static partial Regex Sentence();
}
