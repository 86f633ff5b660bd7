using System.Text.Json;
using Phoenix.Gateway.Errors;

namespace Phoenix.Gateway.ReadModels;

/// <summary>The place of the last row of a page, and the list that it belongs to.</summary>
/// <param name="Model">The name of the read model.</param>
/// <param name="Sort">The order of the list.</param>
/// <param name="Filters">The filters of the list, in one text.</param>
/// <param name="Place">The row's values in the columns of the order, as PostgreSQL writes them.</param>
internal sealed record ListCursor(string Model, string Sort, string Filters, IReadOnlyList<string?> Place)
{
    // Kestrel takes 8 KiB for path and query, and filters want a part of it.
    private const int MostCharacters = 4096;
    private const string Parameter = "after";

    /// <exception cref="BadRequestException">The row's values are too long to go on after it.</exception>
    public string ToText(CursorSeal seal)
    {
        var text = seal.Seal(JsonSerializer.SerializeToUtf8Bytes(this));
        return text.Length <= MostCharacters ? text
            : throw new BadRequestException("The last row of this page has values in the columns of 'sort' that are too long for a cursor. "
                + $"Sort by others; a cursor has up to {MostCharacters} characters.", "sort");
    }

    /// <exception cref="BadRequestException">It is no cursor of a gateway, or of another list.</exception>
    public static IReadOnlyList<string?> Read(string text, CursorSeal seal, ReadModel model, string sort, string filters)
    {
        if (seal.Open(text) is not { } content || JsonSerializer.Deserialize<ListCursor>(content) is not { } cursor)
        {
            throw ListRequest.Refused(Parameter, text,
                "the 'next' of a page before, as it was. After a change of the gateway's token, begin at the first page");
        }

        if (cursor.Model != model.Name) throw Other($"of the read model '{cursor.Model}'");
        if (cursor.Sort != sort) throw Other($"of the order '{cursor.Sort}', and this list has '{sort}'");
        return cursor.Filters == filters ? cursor.Place : throw Other("of other filters");
    }

    private static BadRequestException Other(string whose) => new(
        $"The parameter '{Parameter}' is a cursor {whose}. Ask with the sort and filters of the page before, or begin at the first page.",
        Parameter);
}
