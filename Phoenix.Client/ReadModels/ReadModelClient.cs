using System.Text.RegularExpressions;

namespace Phoenix.Client.ReadModels;

/// <summary>Makes read models of names.</summary>
internal sealed partial class ReadModelClient(GatewayReader reader) : IReadModelClient
{
    public IReadModel<TRow> Of<TRow>(string name) where TRow : class => Name().IsMatch(name ?? "")
        ? new HttpReadModel<TRow>(reader, name!)
        : throw new ArgumentException(
            $"'{name}' is no name of a read model. Expected is a lower-case letter, then up to 63 lower-case letters, digits and dashes.",
            nameof(name));

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,63}\z")]
    private static partial Regex Name();
}
