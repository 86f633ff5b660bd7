using System.Text.Json;
using Phoenix.Json;
using Phoenix.Tests.Log;
using Xunit;

namespace Phoenix.Tests.Values;

/// <summary>What PostgreSQL makes of JSON, and what we believe that it makes of it.</summary>
[Trait("Category", "Servers")]
public sealed class JsonbFormTests(SharedPostgres postgres)
{
    [Fact]
    public async Task jsonb_gives_back_what_is_expected_of_it()
    {
        var database = await postgres.NewDatabaseAsync();
        foreach (var json in new[]
        {
            """{"longer":1,"b":2,"a":3,"":4}""",
            """{"ü":1,"zz":2,"😀":3,"A":4,"a":5,"€":6,"zzz":7}""",
            """{"a":{"ccc":[{"z":1,"y":[]}],"d":null},"$type":"x","B":true}""",
            """{"a":1,"b":2,"a":3}""",
            "[1.10,0.00,-0.0,-0,1e3,1.50e1,1E-7,-2.5e-3,1.7976931348623157E+308,5E-324,12345678901234567890.123456789]",
            "\"\\u00e9\\ud83d\\ude00\\n\"",
        })
        {
            var stored = await EventLog.ScalarAsync<string>(database, $"select '{json}'::jsonb::text");
            Assert.Equal(Compact(stored), Compact(JsonbForm.Of(json)));
        }
    }

    private static string Compact(string json) => JsonSerializer.Serialize(JsonDocument.Parse(json));
}
