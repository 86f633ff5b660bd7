using System.Text;
using System.Text.Unicode;

namespace Phoenix.Gateway.DeadLetters;

/// <summary>A letter with its bytes: in base64, and as text beside it where they are text.</summary>
internal static class LetterJson
{
    public static IResult Of(LetterContent letter) => Results.Json(new
    {
        letter = letter.Entry,
        whole = letter.Whole,
        key = Bytes(letter.Key),
        body = Bytes(letter.Body),
        headers = letter.Headers.Select(header => new { name = header.Name, value = Bytes(header.Value) }),
    });

    private static object? Bytes(byte[]? bytes) => bytes is null ? null
        : new { base64 = Convert.ToBase64String(bytes), text = Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null };
}
