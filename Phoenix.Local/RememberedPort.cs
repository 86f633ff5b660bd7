using System.Globalization;

namespace Phoenix.Local;

/// <summary>
/// A port that stays the same over restarts as long as nobody else takes it, so that addresses people copied keep working.
/// </summary>
internal sealed class RememberedPort(string file)
{
    public int Choose()
    {
        var last = File.Exists(file) && int.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var port) ? port : (int?)null;
        var chosen = FreePort.Find(last);
        File.WriteAllText(file, chosen.ToString(CultureInfo.InvariantCulture));
        return chosen;
    }

    public void Forget() => File.Delete(file);
}
